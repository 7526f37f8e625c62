// Keras' weights as our operators take them, and back.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::formats::keras {

// A convolution's kernel HWIO → OHWI.
Result<tensor::Tensor> ConvolutionFilter(const tensor::Tensor& kernel);

// A depthwise convolution's kernel HWCM → 1HW(C·M): the same bytes.
tensor::Tensor DepthwiseFilter(tensor::Tensor kernel);

// A dense layer's kernel IO → OI.
Result<tensor::Tensor> DenseWeights(const tensor::Tensor& kernel);

// The ways back: a filter OHWI → HWIO, the weights of a dense layer OI → IO. `shape` is that of
// what is given.
Result<tensor::Tensor> ConvolutionKernel(std::span<const float> filter, const tensor::Shape& shape);
Result<tensor::Tensor> DenseKernel(std::span<const float> weights, const tensor::Shape& shape);

// An error unless the weight called `name` has that many dimensions.
Status ExpectRank(std::string_view name, const tensor::Tensor& weight, size_t rank);

}  // namespace goldcrest::formats::keras
