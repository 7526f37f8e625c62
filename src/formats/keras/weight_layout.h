// Keras' weights as our operators take them.
#pragma once

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::formats::keras {

// A convolution's kernel HWIO → OHWI.
Result<tensor::Tensor> ConvolutionFilter(const tensor::Tensor& kernel);

// A depthwise convolution's kernel HWCM → 1HW(C·M): the same bytes.
tensor::Tensor DepthwiseFilter(tensor::Tensor kernel);

// A dense layer's kernel IO → OI.
Result<tensor::Tensor> DenseWeights(const tensor::Tensor& kernel);

// An error unless the weight called `name` has that many dimensions.
Status ExpectRank(std::string_view name, const tensor::Tensor& weight, size_t rank);

}  // namespace goldcrest::formats::keras
