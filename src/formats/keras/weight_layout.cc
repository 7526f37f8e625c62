#include "formats/keras/weight_layout.h"

#include <algorithm>

namespace goldcrest::formats::keras {
namespace {

using tensor::Shape;
using tensor::Tensor;

// A matrix of `rows` x `columns` turned over.
Result<Tensor> Transposed(std::span<const float> matrix, int64_t rows, int64_t columns,
                          Shape shape) {
  GOLDCREST_TRY(Tensor out, Tensor::Create(tensor::DType::kFloat32, std::move(shape)));
  const float* from = matrix.data();
  float* to = out.mutable_view().As<float>().data();
  // In blocks of columns, so that a line of the cache is used whole before it is gone.
  constexpr int64_t kBlock = 16;
  for (int64_t first = 0; first < columns; first += kBlock) {
    const int64_t last = std::min(first + kBlock, columns);
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = first; column < last; ++column) {
        to[column * rows + row] = from[row * columns + column];
      }
    }
  }
  return out;
}

}  // namespace

Result<Tensor> ConvolutionFilter(const Tensor& kernel) {
  const Shape& s = kernel.shape();
  return Transposed(kernel.view().As<float>(), s[0] * s[1] * s[2], s[3], {s[3], s[0], s[1], s[2]});
}

Tensor DepthwiseFilter(Tensor kernel) {
  const Shape s = kernel.shape();
  kernel.Reshape({1, s[0], s[1], s[2] * s[3]});
  return kernel;
}

Result<Tensor> DenseWeights(const Tensor& kernel) {
  const Shape& s = kernel.shape();
  return Transposed(kernel.view().As<float>(), s[0], s[1], {s[1], s[0]});
}

Result<Tensor> ConvolutionKernel(std::span<const float> filter, const Shape& s) {
  return Transposed(filter, s[0], s[1] * s[2] * s[3], {s[1], s[2], s[3], s[0]});
}

Result<Tensor> DenseKernel(std::span<const float> weights, const Shape& s) {
  return Transposed(weights, s[0], s[1], {s[1], s[0]});
}

Status ExpectRank(std::string_view name, const Tensor& weight, size_t rank) {
  if (weight.shape().size() == rank) return {};
  return Fail(ErrorCode::kInvalid, "its weight ", name, " has the shape ",
              tensor::ToString(weight.shape()), "; ", rank, " dimensions expected");
}

}  // namespace goldcrest::formats::keras
