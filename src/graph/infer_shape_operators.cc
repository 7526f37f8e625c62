// Operators that move elements, reduce them, or compute with shapes.
#include <algorithm>
#include <utility>

#include "graph/infer_rules.h"

namespace goldcrest::graph {

using tensor::DType;
using tensor::Shape;

Inferred Infer(const Pad& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Shape shape = in[0]->shape;
  if (op.before.size() != shape.size() || op.after.size() != shape.size()) {
    return Invalid("pads ", op.before.size(), " dimensions of ", shape.size());
  }
  for (size_t i = 0; i < shape.size(); ++i) {
    for (int64_t n : {op.before[i], op.after[i]}) {
      if (n < 0 || n > kLargestDimension) return Invalid("has a padding of ", n);
    }
    if (shape[i] >= 0) shape[i] += op.before[i] + op.after[i];
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred InferReduction(const std::vector<int64_t>& axes, bool keep_dims, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Shape shape = in[0]->shape;
  auto rank = static_cast<int64_t>(shape.size());
  for (size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] < (i == 0 ? 0 : axes[i - 1] + 1) || axes[i] >= rank) {
      return Invalid("the axes are not rising numbers below ", rank);
    }
    if (shape[static_cast<size_t>(axes[i])] == 0) return Invalid("one number of nothing");
  }
  for (size_t i = axes.size(); i-- > 0;) {
    auto at = static_cast<size_t>(axes[i]);
    if (keep_dims) {
      shape[at] = 1;
    } else {
      shape.erase(shape.begin() + static_cast<ptrdiff_t>(at));
    }
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const Mean& op, Inputs in) { return InferReduction(op.axes, op.keep_dims, in); }

Inferred Infer(const Reshape& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 2));
  Shape shape = op.shape;
  if (in.size() == 2) {
    if (!in[1]->contents) {
      return Fail(ErrorCode::kUnsupported, "the target shape is computed from the model's data");
    }
    shape = *in[1]->contents;
  }
  auto unknown = std::ranges::count(shape, -1);
  bool negative = std::ranges::any_of(shape, [](int64_t d) { return d < -1; });
  if (unknown > 1 || negative) {
    return Invalid("the target shape is ", tensor::ToString(shape), "; at most one -1 is allowed");
  }
  // Dimensions on both sides, without the unknown one.
  auto known = [](Shape s) {
    std::erase(s, -1);
    return tensor::ElementCount(s);
  };
  std::optional<int64_t> from = known(in[0]->shape);
  std::optional<int64_t> to = known(shape);
  bool from_unknown = !tensor::IsKnown(in[0]->shape);
  bool fits = from && to &&
              (unknown == 1 ? *to > 0 && (*from % *to == 0 || from_unknown)
                            : (from_unknown ? *from > 0 && *to % *from == 0 : *from == *to));
  if (!fits) {
    return Invalid("an input of shape ", tensor::ToString(in[0]->shape), " cannot take the shape ",
                   tensor::ToString(shape));
  }
  if (unknown == 1 && !from_unknown) *std::ranges::find(shape, -1) = *from / *to;
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const Concatenation& op, Inputs in) {
  constexpr size_t kMostParts = 1024;
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, kMostParts));
  Shape shape = in[0]->shape;
  if (op.axis < 0 || op.axis >= static_cast<int64_t>(shape.size())) {
    return Invalid("the axis is ", op.axis, " of ", shape.size(), " dimensions");
  }
  auto axis = static_cast<size_t>(op.axis);
  for (const Facts* part : in.subspan(1)) {
    Shape other = part->shape;
    bool fits = other.size() == shape.size() && part->dtype == in[0]->dtype;
    const int64_t size = fits ? std::exchange(other[axis], shape[axis]) : 0;
    if (!fits || other != shape) {
      return Invalid("a part of shape ", tensor::ToString(part->shape), " does not go with one of ",
                     tensor::ToString(in[0]->shape));
    }
    shape[axis] = shape[axis] < 0 || size < 0 ? -1 : shape[axis] + size;
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

Inferred Infer(const ShapeOf&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  auto rank = static_cast<int64_t>(in[0]->shape.size());
  return Facts{DType::kInt32, {rank}, in[0]->shape};
}

Inferred Infer(const StridedSlice& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  const Shape& from = in[0]->shape;
  if (op.begin.size() != from.size() || op.size.size() != from.size() ||
      op.stride.size() != from.size()) {
    return Invalid("slices ", op.begin.size(), " dimensions of ", from.size());
  }
  Facts out{in[0]->dtype, {}};
  size_t dropped = 0;
  for (size_t d = 0; d < from.size(); ++d) {
    const int64_t begin = op.begin[d], size = op.size[d], stride = op.stride[d];
    const bool whole = size == -1 && begin == 0 && stride == 1;
    int64_t span = 0;  // from the first element to the last
    const bool fits = size >= 0 && begin >= 0 && begin <= from[d] && stride != 0 &&
                      !__builtin_mul_overflow(std::max<int64_t>(size, 1) - 1, stride, &span) &&
                      (size == 0 || (begin < from[d] && span >= -begin && span < from[d] - begin));
    if (!whole && !fits) {
      return Invalid("the slice of ", size, " from ", begin, " by ", stride,
                     " does not lie within dimension ", d, " of ", tensor::ToString(from));
    }
    const bool drops =
        dropped < op.dropped.size() && op.dropped[dropped] == static_cast<int64_t>(d);
    if (drops && size != 1) return Invalid("drops dimension ", d, " of ", size);
    dropped += drops ? 1 : 0;
    if (!drops) out.shape.push_back(whole ? from[d] : size);
  }
  if (dropped != op.dropped.size()) return Invalid("drops dimensions that are not there");
  if (in[0]->contents && from.size() == 1) {
    out.contents.emplace();
    const int64_t count = op.size[0] < 0 ? from[0] : op.size[0];
    for (int64_t i = 0; i < count; ++i) {
      out.contents->push_back(
          (*in[0]->contents)[static_cast<size_t>(op.begin[0] + i * op.stride[0])]);
    }
  }
  return out;
}

Inferred Infer(const Pack&, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, kMostContents));
  Facts out{DType::kInt32, {static_cast<int64_t>(in.size())}, std::vector<int64_t>()};
  for (const Facts* part : in) {
    if (part->dtype != DType::kInt32 || !part->shape.empty()) {
      return Fail(ErrorCode::kUnsupported, "packs anything but int32 scalars");
    }
    if (!part->contents) out.contents.reset();
    if (out.contents) out.contents->push_back(part->contents->front());
  }
  return out;
}

}  // namespace goldcrest::graph
