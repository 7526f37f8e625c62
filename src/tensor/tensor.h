// Tensors in memory, row-major, pictures as NHWC.
#pragma once

#include <span>

#include "base/aligned_buffer.h"
#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace goldcrest::tensor {

// Somebody else's elements; valid as long as they and the shape are.
struct TensorView {
  DType dtype = DType::kFloat32;
  std::span<const int64_t> shape;
  std::span<const std::byte> bytes;

  template <class T>
  std::span<const T> As() const {
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

// The same, to be written.
struct MutableTensorView {
  DType dtype = DType::kFloat32;
  std::span<const int64_t> shape;
  std::span<std::byte> bytes;

  template <class T>
  std::span<T> As() const {
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  operator TensorView() const { return {dtype, shape, bytes}; }
};

class Tensor {
 public:
  Tensor() = default;
  // Zeroed; an error where the shape is not known, overflows, or the memory cannot be had.
  static Result<Tensor> Create(DType dtype, Shape shape);

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  TensorView view() const { return {dtype_, shape_, buffer_.bytes()}; }
  MutableTensorView mutable_view() { return {dtype_, shape_, buffer_.bytes()}; }
  // The same elements under another shape, which has as many.
  void Reshape(Shape shape);
  base::AlignedBuffer TakeBuffer() && { return std::move(buffer_); }

 private:
  DType dtype_ = DType::kFloat32;
  Shape shape_;
  base::AlignedBuffer buffer_;
};

// Element `index` of a tensor of any type as a number (no scale applied).
double ElementAsDouble(const TensorView& tensor, size_t index);

}  // namespace goldcrest::tensor
