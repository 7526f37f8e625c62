// What takes parts of tensors, or makes pictures larger and smaller without weights.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

#include "formats/onnx/operators.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::ValueId;
using tensor::Shape;

// What is taken along one dimension.
struct Part {
  int64_t begin = 0;
  int64_t size = -1;  // all
  int64_t stride = 1;
};

// As NumPy takes it: counted from the end where negative, and kept within.
Result<Part> PartOfDimension(int64_t size, int64_t start, int64_t end, int64_t step) {
  if (size < 0) {
    return Fail(ErrorCode::kUnsupported,
                "takes a part of a dimension that the graph leaves open; state it with "
                "--input-shapes");
  }
  constexpr int64_t kLargestStep = int64_t{1} << 31;
  if (step == 0 || step < -kLargestStep || step > kLargestStep)
    return Invalid("takes every ", step, "th element");
  const bool forward = step > 0;
  const int64_t lowest = forward ? 0 : -1;
  const int64_t highest = forward ? size : size - 1;
  auto within = [&](int64_t at) { return std::clamp(at < 0 ? at + size : at, lowest, highest); };
  const int64_t first = within(start);
  const int64_t last = end < -size ? lowest : within(end);
  const int64_t span = forward ? last - first : first - last;
  const int64_t by = std::abs(step);
  if (span <= 0) return Fail(ErrorCode::kUnsupported, "takes nothing of a dimension of ", size);
  return Part{first, (span + by - 1) / by, step};
}

// The parts of each dimension of the file's tensor.
Made AddSlice(NodeContext& c, const Placed& placed, const std::vector<Part>& parts) {
  GOLDCREST_TRY(const Placed x, c.Settled(placed));
  graph::StridedSlice op;
  for (size_t axis : x.order) {
    op.begin.push_back(parts[axis].begin);
    op.size.push_back(parts[axis].size);
    op.stride.push_back(parts[axis].stride);
  }
  GOLDCREST_TRY(const ValueId id, c.Move(std::move(op), x.id));
  return c.In(x.order, id);
}

Result<std::vector<int64_t>> Stated(NodeContext& c, int i, std::string_view attribute,
                                    std::vector<int64_t> otherwise) {
  if (c.Has(i)) return c.NumbersOf(i);
  return c.attributes().Integers(attribute, std::move(otherwise));
}

// The height and width that a resize makes.
Result<std::pair<int64_t, int64_t>> ResizedTo(NodeContext& c, const Shape& x) {
  const int scales_at = c.Is("Upsample") || c.node().input_size() == 2 ? 1 : 2;
  std::vector<int64_t> sizes;
  if (c.Has(3)) {
    GOLDCREST_TRY(sizes, c.NumbersOf(3));
  } else {
    GOLDCREST_TRY(const Array scales, c.RealVectorOf(scales_at, x.size()));
    for (size_t axis = 0; axis < x.size(); ++axis) {
      const double size = static_cast<double>(x[axis]) * double{scales.As<float>()[axis]};
      if (axis < 2 && scales.As<float>()[axis] != 1) return Invalid("resizes batch or channels");
      const bool whole = size >= 1 && size <= 1 << 20 && std::abs(size - std::round(size)) <= 1e-3;
      if (axis >= 2 && !whole) {
        return Fail(ErrorCode::kUnsupported, "makes ", size, " pixels of ", x[axis]);
      }
      sizes.push_back(axis < 2 ? x[axis] : static_cast<int64_t>(std::lround(size)));
    }
  }
  if (sizes.size() == 2) sizes.insert(sizes.begin(), {x[0], x[1]});
  const bool fits = sizes.size() == 4 && (x[0] < 0 || sizes[0] == x[0]) && sizes[1] == x[1] &&
                    sizes[2] > 0 && sizes[3] > 0;
  if (!fits) {
    return Fail(ErrorCode::kUnsupported, "resizes ", tensor::ToString(x), " to ",
                tensor::ToString(sizes));
  }
  return std::pair(sizes[2], sizes[3]);
}

Status SetCoordinates(NodeContext& c, graph::ResizeAttributes& op) {
  const bool old = c.Is("Upsample") || c.opset() < 11;
  GOLDCREST_TRY(const std::string said, c.attributes().Text("coordinate_transformation_mode",
                                                            old ? "asymmetric" : "half_pixel"));
  op.half_pixel_centers = said == "half_pixel" || said == "pytorch_half_pixel";
  op.align_corners = said == "align_corners";
  const bool one_pixel = said == "pytorch_half_pixel" && (op.height == 1 || op.width == 1);
  if ((op.half_pixel_centers && !one_pixel) || op.align_corners || said == "asymmetric") return {};
  return Fail(ErrorCode::kUnsupported, "its coordinate_transformation_mode is ", said);
}

// Nearest is read where it repeats each pixel, or rounds as TensorFlow does: down without half
// pixels, else halves up.
Status ExpectRepeated(NodeContext& c, graph::ResizeAttributes& op, const Shape& x) {
  const bool old = c.Is("Upsample") || c.opset() < 11;
  GOLDCREST_TRY(const std::string rounding,
                c.attributes().Text("nearest_mode", old ? "floor" : "round_prefer_floor"));
  const bool whole = x[2] > 0 && x[3] > 0 && op.height % x[2] == 0 && op.width % x[3] == 0;
  const bool plain = !op.half_pixel_centers && !op.align_corners && rounding == "floor";
  if (plain || (whole && op.half_pixel_centers && rounding.starts_with("round_prefer"))) {
    op.half_pixel_centers = false;
    return {};
  }
  if ((op.half_pixel_centers || op.align_corners) && rounding == "round_prefer_ceil") return {};
  return Fail(ErrorCode::kUnsupported, "takes the nearest pixel by ", rounding,
              ", otherwise than repeating pixels");
}

Result<ValueId> PictureOf(NodeContext& c) {
  GOLDCREST_TRY(const Placed x, c.Value(0));
  if (x.shape.size() == 4) return c.Arranged(x, ChannelsLast());
  return Fail(ErrorCode::kUnsupported, "goes over ", tensor::ToString(x.shape),
              "; pictures, of four dimensions, are read");
}

}  // namespace

// In opset 1 attributes name what inputs name today.
Made ImportSlice(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 5));
  GOLDCREST_TRY(const Shape shape, c.ShapeOf(0));
  GOLDCREST_TRY(const auto starts, Stated(c, 1, "starts", {}));
  GOLDCREST_TRY(const auto ends, Stated(c, 2, "ends", {}));
  std::vector<int64_t> all;
  all.reserve(starts.size());
  for (size_t i = 0; i < starts.size(); ++i) all.push_back(static_cast<int64_t>(i));
  GOLDCREST_TRY(const auto axes, Stated(c, 3, "axes", all));
  GOLDCREST_TRY(const auto steps, Stated(c, 4, "steps", std::vector<int64_t>(starts.size(), 1)));
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    return Invalid("has ", starts.size(), " starts and ", ends.size(), " ends");
  }
  std::vector<Part> parts(shape.size());
  for (size_t i = 0; i < starts.size(); ++i) {
    GOLDCREST_TRY(const size_t axis, AxisOf(axes[i], shape.size()));
    const bool whole =
        starts[i] == 0 && steps[i] == 1 && ends[i] >= std::numeric_limits<int32_t>::max();
    if (whole) continue;
    GOLDCREST_TRY(parts[axis], PartOfDimension(shape[axis], starts[i], ends[i], steps[i]));
  }
  if (!c.IsIntegers(0)) {
    GOLDCREST_TRY(const Placed x, c.Value(0));
    return AddSlice(c, x, parts);
  }
  GOLDCREST_TRY(const Integers from, c.IntegersOf(0));
  if (from.shape.size() != 1 || parts[0].stride < 0) {
    return Fail(ErrorCode::kUnsupported, "slices integers of shape ", tensor::ToString(from.shape),
                " otherwise than forward");
  }
  const Part& part = parts[0];
  const int64_t last = part.size < 0 ? from.shape[0] : part.begin + part.size * part.stride;
  return reading::Slice(from, part.begin, last, part.stride);
}

// Each output is a slice.
Made ImportSplit(NodeContext& c) {
  constexpr int kMostOutputs = 256;
  const int count = c.node().output_size();
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 2));
  GOLDCREST_TRY(const Placed x, c.Value(0));
  GOLDCREST_TRY(const int64_t said, c.attributes().Integer("axis", 0));
  GOLDCREST_TRY(const size_t axis, AxisOf(said, x.shape.size()));
  const int64_t size = x.shape[axis];
  if (size < 0 || count > kMostOutputs) {
    return Fail(ErrorCode::kUnsupported, "splits a dimension of ", size, " into ", count);
  }
  const int64_t each = (size + count - 1) / count;
  std::vector<int64_t> equal(static_cast<size_t>(count), each);
  equal.back() = size - each * (count - 1);
  GOLDCREST_TRY(const auto sizes, Stated(c, 1, "split", equal));
  if (std::ssize(sizes) != count) return Invalid("has ", sizes.size(), " sizes");
  std::optional<Operand> first;
  int64_t begin = 0;
  for (int i = 0; i < count; ++i) {
    const int64_t part = sizes[static_cast<size_t>(i)];
    if (part < 1 || part > size - begin) return Invalid("a part of ", part, " of ", size);
    std::vector<Part> parts(x.shape.size());
    parts[axis] = {begin, part, 1};
    begin += part;
    GOLDCREST_TRY(Operand made, AddSlice(c, x, parts));
    c.graph().value(std::get<Placed>(made).id).name = c.node().output(i);
    if (i == 0) {
      first = std::move(made);
    } else {
      c.import().known.emplace(c.node().output(i), std::move(made));
    }
  }
  return std::move(*first);
}

Made ImportResize(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 4));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("antialias", 0));
  GOLDCREST_RETURN_IF_ERROR(c.attributes().Expect("exclude_outside", 0));
  GOLDCREST_TRY(const std::vector<int64_t> axes, c.attributes().Integers("axes", {}));
  if (!axes.empty() && axes != std::vector<int64_t>{2, 3}) {
    return Fail(ErrorCode::kUnsupported, "resizes others than the last two axes");
  }
  GOLDCREST_TRY(const ValueId x, PictureOf(c));
  const Shape shape = InFileOrder(c.ShapeOfValue(x), ChannelsLast());
  graph::ResizeAttributes attributes;
  GOLDCREST_TRY(std::tie(attributes.height, attributes.width), ResizedTo(c, shape));
  GOLDCREST_RETURN_IF_ERROR(SetCoordinates(c, attributes));
  GOLDCREST_TRY(const std::string mode, c.attributes().Text("mode", "nearest"));
  graph::Op op = graph::ResizeBilinear{attributes};
  if (mode == "nearest") {
    GOLDCREST_RETURN_IF_ERROR(ExpectRepeated(c, attributes, shape));
    op = graph::ResizeNearest{attributes};
  } else if (mode != "linear" && mode != "bilinear") {
    return Fail(ErrorCode::kUnsupported, "resizes by ", mode, "; nearest and linear are read");
  }
  GOLDCREST_TRY(const ValueId id, c.Compute(std::move(op), {x}, ResultForm::kSame));
  return c.In(ChannelsLast(), id);
}

Made ImportDepthToSpace(NodeContext& c) {
  GOLDCREST_RETURN_IF_ERROR(c.ExpectInputs(1, 1));
  GOLDCREST_TRY(const ValueId x, PictureOf(c));
  GOLDCREST_TRY(const int64_t block, c.attributes().Integer("blocksize", 1));
  GOLDCREST_TRY(const std::string mode, c.attributes().Text("mode", "DCR"));
  if (mode != "DCR") return Fail(ErrorCode::kUnsupported, "its mode is ", mode, "; DCR is read");
  graph::Op op = graph::DepthToSpace{block};
  if (c.Is("SpaceToDepth")) op = graph::SpaceToDepth{block};
  GOLDCREST_TRY(const ValueId id, c.Move(std::move(op), x));
  return c.In(ChannelsLast(), id);
}

}  // namespace goldcrest::formats::onnx
