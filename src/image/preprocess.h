// Pixels → input tensor, as the input contract says.
#pragma once

#include <array>
#include <vector>

#include "base/result.h"
#include "image/picture.h"
#include "tensor/input_contract.h"
#include "tensor/tensor.h"

namespace goldcrest::image {

class Preprocessor {
 public:
  // An error where the contract asks for more than there is.
  static Result<Preprocessor> Create(const tensor::InputContract& contract);

  // Crops, resizes, normalises and quantizes an upright picture into `out`: one NHWC picture of the
  // contract's size and type. Buffers are reused from picture to picture.
  Status Run(const Picture& picture, tensor::MutableTensorView out);

  // What byte `x` of the tensor's channel becomes, before quantization.
  float Normalized(int channel, uint8_t x) const { return table_[static_cast<size_t>(channel)][x]; }

 private:
  explicit Preprocessor(const tensor::InputContract& contract);
  void FillPixels(const Picture& picture);

  tensor::InputContract contract_;
  std::array<std::array<float, 256>, 3> table_;  // by channel of the tensor
  std::vector<float> resized_;
  std::vector<uint8_t> pixels_;  // RGB at the contract's size
};

}  // namespace goldcrest::image
