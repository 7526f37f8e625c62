// Pixels → input tensor, as the input contract says.
#pragma once

#include <array>

#include "base/result.h"
#include "image/picture.h"
#include "image/resize.h"
#include "image/row_source.h"
#include "tensor/input_contract.h"
#include "tensor/tensor.h"

namespace goldcrest::image {

class Preprocessor {
 public:
  // An error where the contract asks for more than there is.
  static Result<Preprocessor> Create(const tensor::InputContract& contract);

  // Turns upright, crops, resizes, normalises and quantizes a picture as its rows come, into `out`:
  // one NHWC picture of the contract's size and type. An error of the rows is passed on; `out` is
  // written only when all of them have come. Memory is reused from picture to picture: after one of
  // the same size and orientation, none is taken.
  Status Run(RowSource& rows, tensor::MutableTensorView out);
  // The same for an upright picture in memory.
  Status Run(const Picture& picture, tensor::MutableTensorView out);

 private:
  explicit Preprocessor(const tensor::InputContract& contract);
  Status CheckOutput(const tensor::MutableTensorView& out) const;

  tensor::InputContract contract_;
  std::array<std::array<float, 256>, 3> table_;          // by channel of the tensor
  std::array<std::array<int16_t, 256>, 3> quantized_{};  // the same as integers of the input's type
  Resizer resizer_;
};

}  // namespace goldcrest::image
