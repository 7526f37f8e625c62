#include "formats/tensorflow/constant.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "formats/tensorflow/data_types.h"

namespace goldcrest::formats::tensorflow {
namespace {

// Elements as they are listed, the last of them repeated; zeros where none is.
template <class T, class List>
void Repeat(const List& list, std::span<T> elements) {
  T last{};
  for (size_t i = 0; i < elements.size(); ++i) {
    if (static_cast<int>(i) < list.size()) last = static_cast<T>(list[static_cast<int>(i)]);
    elements[i] = last;
  }
}

template <class T>
std::vector<int64_t> Widened(std::string_view content) {
  std::vector<int64_t> elements(content.size() / sizeof(T));
  for (size_t i = 0; i < elements.size(); ++i) {
    T element{};
    std::memcpy(&element, content.data() + i * sizeof(T), sizeof(T));
    elements[i] = element;
  }
  return elements;
}

Result<Operand> DecodeIntegers(const proto::TensorProto& tensor, tensor::Shape shape,
                               size_t count) {
  const std::string& content = tensor.tensor_content();
  const bool listed = content.empty();
  if (count > reading::kMostIntegers) {
    return Fail(ErrorCode::kUnsupported, "a constant of ", count, " integers; at most ",
                reading::kMostIntegers, " are read");
  }
  Integers integers{std::move(shape), std::vector<int64_t>(count)};
  switch (tensor.dtype()) {
    case kInt32:
      if (listed) Repeat<int64_t>(tensor.int_val(), integers.elements);
      if (!listed) integers.elements = Widened<int32_t>(content);
      break;
    case kInt64:
      if (listed) Repeat<int64_t>(tensor.int64_val(), integers.elements);
      if (!listed) integers.elements = Widened<int64_t>(content);
      break;
    default:
      if (listed) Repeat<int64_t>(tensor.bool_val(), integers.elements);
      if (!listed) integers.elements = Widened<uint8_t>(content);
  }
  if (std::ranges::any_of(integers.elements, IsUnknown)) {
    return Fail(ErrorCode::kUnsupported, "a constant of very large negative integers");
  }
  return integers;
}

Result<Operand> DecodeFloats(const proto::TensorProto& tensor, tensor::Shape shape, size_t count) {
  base::AlignedBuffer buffer(count * sizeof(float));
  if (!buffer.ok()) return Fail(ErrorCode::kLimit, "there is no memory for ", count, " floats");
  const std::string& content = tensor.tensor_content();
  if (content.empty()) {
    Repeat<float>(tensor.float_val(), {reinterpret_cast<float*>(buffer.data()), count});
  } else {
    std::memcpy(buffer.data(), content.data(), content.size());
  }
  return Floats{std::move(shape), tensor::SharedBytes::Own(std::move(buffer))};
}

}  // namespace

Result<tensor::Shape> DecodeShape(const proto::TensorShapeProto& shape, bool may_be_unknown) {
  constexpr int kMostDimensions = 8;
  constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();
  if (shape.dim_size() > kMostDimensions) {
    return Fail(ErrorCode::kUnsupported, "a tensor of ", shape.dim_size(), " dimensions");
  }
  tensor::Shape decoded;
  for (const auto& dim : shape.dim()) {
    if (dim.size() < (may_be_unknown ? -1 : 0) || dim.size() > kLargest) {
      return Invalid("a dimension of ", dim.size());
    }
    decoded.push_back(dim.size());
  }
  return decoded;
}

Result<Operand> DecodeConstant(const proto::TensorProto& tensor, Budget& budget) {
  GOLDCREST_TRY(tensor::Shape shape, DecodeShape(tensor.tensor_shape(), false));
  const int32_t type = tensor.dtype();
  if (type != kFloat && type != kInt32 && type != kInt64 && type != kBool) {
    return Fail(ErrorCode::kUnsupported, "a constant of type ", NameOfType(type),
                "; float32, int32 and int64 are read");
  }
  const size_t width = type == kBool ? 1 : type == kInt64 ? 8 : 4;
  const std::optional<int64_t> count = tensor::ElementCount(shape);
  if (!count || static_cast<uint64_t>(*count) > std::numeric_limits<size_t>::max() / width) {
    return Invalid("a constant of shape ", tensor::ToString(shape));
  }
  const size_t bytes = static_cast<size_t>(*count) * width;
  GOLDCREST_RETURN_IF_ERROR(budget.Take(bytes));
  const std::string& content = tensor.tensor_content();
  if (!content.empty() && content.size() != bytes) {
    return Invalid("a constant of shape ", tensor::ToString(shape), " has ", content.size(),
                   " bytes, not ", bytes);
  }
  const auto elements = static_cast<size_t>(*count);
  if (type == kFloat) return DecodeFloats(tensor, std::move(shape), elements);
  return DecodeIntegers(tensor, std::move(shape), elements);
}

}  // namespace goldcrest::formats::tensorflow
