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

Inferred Infer(const Mean& op, Inputs in) {
  GOLDCREST_RETURN_IF_ERROR(ExpectInputs(in, 1, 1));
  Shape shape = in[0]->shape;
  auto rank = static_cast<int64_t>(shape.size());
  for (size_t i = 0; i < op.axes.size(); ++i) {
    if (op.axes[i] < (i == 0 ? 0 : op.axes[i - 1] + 1) || op.axes[i] >= rank) {
      return Invalid("the axes are not rising numbers below ", rank);
    }
    if (shape[static_cast<size_t>(op.axes[i])] == 0) return Invalid("the mean of nothing");
  }
  for (size_t i = op.axes.size(); i-- > 0;) {
    auto at = static_cast<size_t>(op.axes[i]);
    if (op.keep_dims) {
      shape[at] = 1;
    } else {
      shape.erase(shape.begin() + static_cast<ptrdiff_t>(at));
    }
  }
  return Facts{in[0]->dtype, std::move(shape)};
}

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
  GOLDCREST_RETURN_IF_ERROR(ExpectRank("the input", *in[0], 1));
  int64_t size = in[0]->shape[0];
  if (in[0]->dtype != DType::kInt32 || size < 0) {
    return Fail(ErrorCode::kUnsupported, "slices of anything but an int32 vector");
  }
  if (op.stride < 1 || op.begin < 0 || op.end < op.begin || op.end > size ||
      (op.scalar && op.end == op.begin)) {
    return Invalid("the slice ", op.begin, ":", op.end, ":", op.stride,
                   " does not lie within a vector of ", size);
  }
  int64_t count = (op.end - op.begin + op.stride - 1) / op.stride;
  Facts out{DType::kInt32, op.scalar ? Shape{} : Shape{count}};
  if (in[0]->contents) {
    out.contents.emplace();
    for (int64_t i = 0; i < (op.scalar ? 1 : count); ++i) {
      out.contents->push_back((*in[0]->contents)[static_cast<size_t>(op.begin + i * op.stride)]);
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
