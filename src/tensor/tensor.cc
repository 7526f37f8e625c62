#include "tensor/tensor.h"

#include "base/check.h"
#include "tensor/half.h"

namespace goldcrest::tensor {

Result<Tensor> Tensor::Create(DType dtype, Shape shape) {
  std::optional<size_t> bytes = ByteCount(dtype, shape);
  if (!bytes) return Fail(ErrorCode::kInvalid, "no tensor can have the shape ", ToString(shape));
  Tensor tensor;
  tensor.dtype_ = dtype;
  tensor.shape_ = std::move(shape);
  tensor.buffer_ = base::AlignedBuffer(*bytes);
  if (!tensor.buffer_.ok()) {
    return Fail(ErrorCode::kLimit, "no memory for a tensor of ", base::Bytes(*bytes));
  }
  return tensor;
}

void Tensor::Reshape(Shape shape) {
  GOLDCREST_CHECK(ElementCount(shape) == ElementCount(shape_));
  shape_ = std::move(shape);
}

double ElementAsDouble(const TensorView& tensor, size_t index) {
  switch (tensor.dtype) {
    case DType::kFloat32:
      return tensor.As<float>()[index];
    case DType::kFloat16:
      return HalfToFloat(tensor.As<uint16_t>()[index]);
    case DType::kInt8:
      return tensor.As<int8_t>()[index];
    case DType::kUInt8:
    case DType::kBool:
      return tensor.As<uint8_t>()[index];
    case DType::kInt16:
      return tensor.As<int16_t>()[index];
    case DType::kInt32:
      return tensor.As<int32_t>()[index];
    case DType::kInt64:
      return static_cast<double>(tensor.As<int64_t>()[index]);
  }
  GOLDCREST_CHECK(false);
}

}  // namespace goldcrest::tensor
