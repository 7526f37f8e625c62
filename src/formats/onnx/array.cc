#include "formats/onnx/array.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "formats/onnx/external_data.h"
#include "formats/onnx/tensor_types.h"
#include "tensor/half.h"

namespace goldcrest::formats::onnx {
namespace {

using tensor::DType;
using tensor::Shape;
using tensor::SharedBytes;

Result<Shape> ShapeOfTensor(const proto::TensorProto& tensor) {
  constexpr int kMostDimensions = 8;
  constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();
  if (tensor.dims_size() > kMostDimensions) {
    return Fail(ErrorCode::kUnsupported, "a constant of ", tensor.dims_size(), " dimensions");
  }
  for (int64_t d : tensor.dims()) {
    if (d < 0 || d > kLargest) return Invalid("a constant with a dimension of ", d);
  }
  return Shape(tensor.dims().begin(), tensor.dims().end());
}

size_t WidthOf(int32_t type) {
  switch (type) {
    case kFloatType:
    case kInt32Type:
      return 4;
    case kInt64Type:
      return 8;
    case kInt16Type:
    case kFloat16Type:
    case kBFloat16Type:
      return 2;
    case kInt8Type:
    case kUInt8Type:
    case kBoolType:
      return 1;
    default:
      return 0;
  }
}

// Elements out of a message's list, as they lie in memory.
template <class T, class List>
SharedBytes Narrowed(const List& list) {
  std::vector<T> elements;
  elements.reserve(static_cast<size_t>(list.size()));
  for (const auto element : list) elements.push_back(static_cast<T>(element));
  return SharedBytes::Copy<T>(elements);
}

SharedBytes Listed(const proto::TensorProto& tensor, int32_t type) {
  switch (type) {
    case kFloatType:
      return Narrowed<float>(tensor.float_data());
    case kInt64Type:
      return Narrowed<int64_t>(tensor.int64_data());
    case kInt32Type:
      return Narrowed<int32_t>(tensor.int32_data());
    case kInt16Type:
    case kFloat16Type:
    case kBFloat16Type:
      return Narrowed<uint16_t>(tensor.int32_data());
    default:
      return Narrowed<uint8_t>(tensor.int32_data());
  }
}

// The elements' `size` bytes, wherever they are.
Result<SharedBytes> ContentOf(const proto::TensorProto& tensor, size_t size,
                              const FileBeside& files, Budget& budget) {
  if (tensor.data_location() == proto::TensorProto::EXTERNAL) {
    GOLDCREST_TRY(SharedBytes content, ExternalBytes(tensor, size, files));
    if (reinterpret_cast<uintptr_t>(content.bytes().data()) % sizeof(int64_t) == 0) return content;
    GOLDCREST_RETURN_IF_ERROR(budget.Take(size));
    return SharedBytes::Copy<std::byte>(content.bytes());
  }
  const int64_t listed =
      int64_t{tensor.float_data_size()} + tensor.int32_data_size() + tensor.int64_data_size();
  GOLDCREST_RETURN_IF_ERROR(
      budget.Take(tensor.raw_data().size() + static_cast<size_t>(listed) * sizeof(int64_t)));
  SharedBytes content =
      tensor.has_raw_data()
          ? SharedBytes::Copy<char>({tensor.raw_data().data(), tensor.raw_data().size()})
          : Listed(tensor, tensor.data_type());
  if (content.bytes().size() == size) return content;
  return Invalid("a constant of shape ",
                 tensor::ToString(Shape(tensor.dims().begin(), tensor.dims().end())), " has ",
                 content.bytes().size(), " bytes, not ", size);
}

template <class T>
Integers WidenedIntegers(const Shape& shape, const SharedBytes& bytes) {
  const std::span<const T> elements = bytes.As<T>();
  return {shape, std::vector<int64_t>(elements.begin(), elements.end())};
}

Result<Integers> Checked(Integers integers) {
  if (std::ranges::any_of(integers.elements, reading::IsUnknown)) {
    return Fail(ErrorCode::kUnsupported, "a constant of very large negative integers");
  }
  return integers;
}

Status ExpectFewIntegers(size_t count) {
  if (count <= reading::kMostIntegers) return {};
  return Fail(ErrorCode::kUnsupported, "a constant of ", count, " integers; at most ",
              reading::kMostIntegers, " are read");
}

SharedBytes FloatsOfHalves(const SharedBytes& halves, int32_t type) {
  std::vector<float> floats;
  for (uint16_t bits : halves.As<uint16_t>()) {
    floats.push_back(type == kFloat16Type ? tensor::HalfToFloat(bits)
                                          : std::bit_cast<float>(uint32_t{bits} << 16));
  }
  return SharedBytes::Copy<float>(floats);
}

// Copies elements of `width` bytes, in the order of `shape`, from where strides say they lie.
void Gather(const std::byte* from, std::byte* to, const Shape& shape,
            const std::vector<size_t>& strides, size_t width) {
  const auto count = static_cast<size_t>(*tensor::ElementCount(shape));
  std::vector<int64_t> at(shape.size(), 0);
  size_t index = 0;
  for (size_t i = 0; i < count; ++i) {
    std::memcpy(to + i * width, from + index * width, width);
    for (size_t d = shape.size(); d-- > 0;) {
      index += strides[d];
      if (++at[d] < shape[d]) break;
      index -= strides[d] * static_cast<size_t>(at[d]);
      at[d] = 0;
    }
  }
}

// How many elements share a scale side by side, and how many scales there are.
struct Channels {
  size_t count = 1;
  size_t inner = 1;

  Channels(const tensor::Quantization& q, const Shape& shape) : count(q.scale.size()) {
    if (!q.per_channel()) return;
    for (auto d = static_cast<size_t>(q.axis) + 1; d < shape.size(); ++d) {
      inner *= static_cast<size_t>(shape[d]);
    }
  }
  size_t Of(size_t element) const { return count == 1 ? 0 : element / inner % count; }
};

template <class T>
std::vector<float> Dequantized(const Array& array) {
  const std::span<const T> elements = array.As<T>();
  const tensor::Quantization& q = array.quantization;
  const Channels channels(q, array.shape);
  std::vector<float> reals(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    const size_t c = channels.Of(i);
    reals[i] = static_cast<float>(int64_t{elements[i]} - q.zero_point[c]) * q.scale[c];
  }
  return reals;
}

template <class T>
SharedBytes RoundedTo(const Array& array, const tensor::Quantization& q) {
  const std::span<const float> elements = array.As<float>();
  const Channels channels(q, array.shape);
  std::vector<T> made(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    const size_t c = channels.Of(i);
    const double steps = std::nearbyint(static_cast<double>(elements[i]) / q.scale[c]) +
                         static_cast<double>(q.zero_point[c]);
    const double clamped = std::clamp(steps, static_cast<double>(std::numeric_limits<T>::min()),
                                      static_cast<double>(std::numeric_limits<T>::max()));
    made[i] = std::isnan(clamped) ? T{} : static_cast<T>(clamped);
  }
  return SharedBytes::Copy<T>(made);
}

}  // namespace

Result<std::variant<Array, Integers>> DecodeTensor(const proto::TensorProto& tensor,
                                                   const FileBeside& files, Budget& budget) {
  using Decoded = std::variant<Array, Integers>;
  GOLDCREST_TRY(Shape shape, ShapeOfTensor(tensor));
  const int32_t type = tensor.data_type();
  const size_t width = WidthOf(type);
  if (width == 0) {
    return Fail(ErrorCode::kUnsupported, "a constant of type ", NameOfTensorType(type),
                "; float32, float16, int8, uint8, int16, int32 and int64 are read");
  }
  const std::optional<int64_t> count = tensor::ElementCount(shape);
  if (!count || static_cast<uint64_t>(*count) > std::numeric_limits<size_t>::max() / width) {
    return Invalid("a constant of shape ", tensor::ToString(shape));
  }
  const auto elements = static_cast<size_t>(*count);
  const bool shape_like = type == kInt64Type || type == kBoolType;
  if (shape_like) GOLDCREST_RETURN_IF_ERROR(ExpectFewIntegers(elements));
  GOLDCREST_TRY(SharedBytes bytes, ContentOf(tensor, elements * width, files, budget));
  if (shape_like) {
    GOLDCREST_TRY(Integers integers,
                  Checked(type == kInt64Type ? WidenedIntegers<int64_t>(shape, bytes)
                                             : WidenedIntegers<uint8_t>(shape, bytes)));
    return Decoded(std::move(integers));
  }
  if (type == kFloat16Type || type == kBFloat16Type) {
    GOLDCREST_RETURN_IF_ERROR(budget.Take(elements * sizeof(float)));
    bytes = FloatsOfHalves(bytes, type);
  }
  const bool real = type == kFloat16Type || type == kBFloat16Type;
  const DType dtype = real ? DType::kFloat32 : *DTypeOfTensorType(type);
  return Decoded(Array{tensor.name(), dtype, std::move(shape), std::move(bytes), {}});
}

Result<Integers> AsIntegers(const Array& array) {
  if (array.dtype != DType::kInt32 || !array.quantization.empty()) {
    return Fail(ErrorCode::kUnsupported, "'", array.name, "' is ", tensor::NameOf(array.dtype),
                "; integers of 32 or 64 bits are expected");
  }
  GOLDCREST_RETURN_IF_ERROR(ExpectFewIntegers(array.As<int32_t>().size()));
  return WidenedIntegers<int32_t>(array.shape, array.bytes);
}

Result<Array> Permuted(const Array& array, const Order& order, Budget& budget) {
  Array made = array;
  made.shape = InOrder(array.shape, order);
  if (array.quantization.per_channel()) {
    const auto axis = static_cast<size_t>(array.quantization.axis);
    made.quantization.axis = static_cast<int>(std::ranges::find(order, axis) - order.begin());
  }
  const Order moving = Moving(order, array.shape);
  if (std::ranges::is_sorted(moving) || array.bytes.bytes().empty()) return made;
  std::vector<size_t> steps(array.shape.size(), 1);
  for (size_t d = array.shape.size(); d-- > 1;) {
    steps[d - 1] = steps[d] * static_cast<size_t>(array.shape[d]);
  }
  std::vector<size_t> strides;
  for (size_t axis : order) strides.push_back(steps[axis]);
  GOLDCREST_RETURN_IF_ERROR(budget.Take(array.bytes.bytes().size()));
  base::AlignedBuffer buffer(array.bytes.bytes().size());
  if (!buffer.ok()) return Fail(ErrorCode::kLimit, "there is no memory for '", array.name, "'");
  Gather(array.bytes.bytes().data(), buffer.data(), made.shape, strides,
         tensor::SizeOf(array.dtype));
  made.bytes = SharedBytes::Own(std::move(buffer));
  return made;
}

Result<Array> WithShape(const Array& array, Shape shape) {
  if (tensor::ElementCount(shape) != tensor::ElementCount(array.shape)) {
    return Invalid("a constant of shape ", tensor::ToString(array.shape), " cannot take the shape ",
                   tensor::ToString(shape));
  }
  Array made = array;
  made.shape = std::move(shape);
  if (!array.quantization.per_channel() || made.shape == array.shape) return made;
  // What lies before the axis, and the axis itself, must stay.
  const auto axis = static_cast<size_t>(array.quantization.axis);
  const bool stays =
      made.shape.size() > axis &&
      std::equal(array.shape.begin(), array.shape.begin() + static_cast<ptrdiff_t>(axis) + 1,
                 made.shape.begin());
  if (stays) return made;
  return Fail(ErrorCode::kUnsupported, "'", array.name, "' has scales for its dimension ", axis,
              ", which the shape ", tensor::ToString(made.shape), " does not keep");
}

Result<Array> Reals(const Array& array, Budget& budget) {
  if (array.dtype == DType::kFloat32) return array;
  if (array.quantization.empty()) {
    return Fail(ErrorCode::kUnsupported, "computes with '", array.name, "', which is ",
                tensor::NameOf(array.dtype), " without a DequantizeLinear");
  }
  const size_t count = array.bytes.bytes().size() / tensor::SizeOf(array.dtype);
  GOLDCREST_RETURN_IF_ERROR(budget.Take(count * sizeof(float)));
  std::vector<float> reals;
  switch (array.dtype) {
    case DType::kInt8:
      reals = Dequantized<int8_t>(array);
      break;
    case DType::kUInt8:
      reals = Dequantized<uint8_t>(array);
      break;
    case DType::kInt16:
      reals = Dequantized<int16_t>(array);
      break;
    default:
      reals = Dequantized<int32_t>(array);
  }
  return Array{array.name, DType::kFloat32, array.shape, SharedBytes::Copy<float>(reals), {}};
}

Result<Array> Quantized(const Array& array, DType dtype, const tensor::Quantization& quantization,
                        Budget& budget) {
  Array made{array.name, dtype, array.shape, {}, quantization};
  const size_t count = array.As<float>().size();
  GOLDCREST_RETURN_IF_ERROR(budget.Take(count * tensor::SizeOf(dtype)));
  switch (dtype) {
    case DType::kInt8:
      made.bytes = RoundedTo<int8_t>(array, quantization);
      break;
    case DType::kUInt8:
      made.bytes = RoundedTo<uint8_t>(array, quantization);
      break;
    case DType::kInt16:
      made.bytes = RoundedTo<int16_t>(array, quantization);
      break;
    default:
      made.bytes = RoundedTo<int32_t>(array, quantization);
  }
  return made;
}

Result<Array> Signed(const Array& array, Budget& budget) {
  if (array.dtype != DType::kUInt8) return array;
  Array made = array;
  made.dtype = DType::kInt8;
  for (int64_t& zero : made.quantization.zero_point) zero -= 128;
  const std::span<const uint8_t> elements = array.As<uint8_t>();
  GOLDCREST_RETURN_IF_ERROR(budget.Take(elements.size()));
  std::vector<int8_t> lowered(elements.size());
  std::ranges::transform(elements, lowered.begin(),
                         [](uint8_t x) { return static_cast<int8_t>(int{x} - 128); });
  made.bytes = SharedBytes::Copy<int8_t>(lowered);
  return made;
}

Array FloatArray(std::string name, reading::Floats floats) {
  return {std::move(name), DType::kFloat32, std::move(floats.shape), std::move(floats.bytes), {}};
}

}  // namespace goldcrest::formats::onnx
