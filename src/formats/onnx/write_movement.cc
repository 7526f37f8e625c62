// Operators that move elements, and resizes.
#include <algorithm>
#include <limits>

#include "base/strings.h"
#include "formats/onnx/write_operators.h"

namespace goldcrest::formats::onnx {
namespace {

Status WriteResize(const graph::ResizeAttributes& op, const Context& c, const char* mode,
                   const char* nearest) {
  const tensor::Shape& to = c.out().shape;
  std::vector<int64_t> size = {to[0], to[3], op.height, op.width};
  const char* places = op.align_corners        ? "align_corners"
                       : op.half_pixel_centers ? "half_pixel"
                                               : "asymmetric";
  std::vector<WrittenAttribute> attributes = {
      {"mode", std::string(mode)}, {"coordinate_transformation_mode", std::string(places)}};
  if (to[0] < 0) {  // of any batch
    size.erase(size.begin(), size.begin() + 2);
    attributes.push_back({"axes", std::vector<int64_t>{2, 3}});
  }
  if (nearest != nullptr) attributes.push_back({"nearest_mode", std::string(nearest)});
  c.Put("Resize",
        {c.values.Reals(c.node.inputs[0], Layout::kChannelsFirst), "", "",
         c.file.AddIntegers(base::Cat(c.name(), "/size"), size)},
        Layout::kChannelsFirst, attributes);
  return {};
}

}  // namespace

Status Write(const graph::ResizeBilinear& op, const Context& c) {
  return WriteResize(op, c, "linear", nullptr);
}

// With half-pixel centres TensorFlow leaves out the half that ONNX takes away again.
Status Write(const graph::ResizeNearest& op, const Context& c) {
  const bool rounds = op.align_corners || op.half_pixel_centers;
  return WriteResize(op, c, "nearest", rounds ? "round_prefer_ceil" : "floor");
}

Status Write(const graph::Transpose& op, const Context& c) {
  const Layout layout = c.values.LayoutOf(c.node.inputs[0]);
  Permutation permutation;
  for (int64_t axis : op.permutation) permutation.push_back(AxisIn(layout, axis));
  c.Put("Transpose", {c.values.Reals(c.node.inputs[0], layout)}, Layout::kPlain,
        {{"perm", permutation}});
  return {};
}

Status Write(const graph::StridedSlice& op, const Context& c) {
  const Layout layout = op.dropped.empty() ? c.values.LayoutOf(c.node.inputs[0]) : Layout::kPlain;
  std::vector<int64_t> starts;
  std::vector<int64_t> ends;
  std::vector<int64_t> axes;
  for (size_t i = 0; i < op.begin.size(); ++i) {
    if (op.size[i] < 0) continue;
    const int64_t end = op.begin[i] + op.size[i] * op.stride[i];
    starts.push_back(op.begin[i]);
    // What lies before the first element has no number of its own: -1 is the last.
    ends.push_back(end < 0 ? std::numeric_limits<int32_t>::min() : end);
    axes.push_back(AxisIn(layout, static_cast<int64_t>(i)));
  }
  std::vector<int64_t> steps;
  for (size_t i = 0; i < op.begin.size(); ++i) {
    if (op.size[i] >= 0) steps.push_back(op.stride[i]);
  }
  auto integers = [&](const char* part, const std::vector<int64_t>& elements) {
    return c.file.AddIntegers(base::Cat(c.name(), part), elements);
  };
  const std::vector<std::string> inputs = {c.values.Reals(c.node.inputs[0], layout),
                                           integers("/starts", starts), integers("/ends", ends),
                                           integers("/axes", axes), integers("/steps", steps)};
  if (op.dropped.empty()) {
    c.Put("Slice", inputs, layout);
    return {};
  }
  const std::string part = c.file.AddNode("Slice", inputs, c.Name("/slice"));
  c.Put("Squeeze", {c.values.Rounded(c.node.output, part), integers("/dropped", op.dropped)},
        Layout::kPlain);
  return {};
}

Status Write(const graph::SpaceToDepth& op, const Context& c) {
  c.Put("SpaceToDepth", {c.values.Reals(c.node.inputs[0], Layout::kChannelsFirst)},
        Layout::kChannelsFirst, {{"blocksize", op.block}});
  return {};
}

Status Write(const graph::DepthToSpace& op, const Context& c) {
  c.Put("DepthToSpace", {c.values.Reals(c.node.inputs[0], Layout::kChannelsFirst)},
        Layout::kChannelsFirst, {{"blocksize", op.block}, {"mode", std::string("DCR")}});
  return {};
}

}  // namespace goldcrest::formats::onnx
