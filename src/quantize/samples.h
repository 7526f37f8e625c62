// What a model is calibrated on.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "tensor/tensor.h"

namespace goldcrest::quantize {

// Inputs of the kind that the model will see. They can be read again and again, and are the same
// each time.
class Samples {
 public:
  virtual ~Samples() = default;
  virtual int64_t count() const = 0;
  // Fills the model's first input, float32 and of batch 1, with sample `index`.
  virtual Status Read(int64_t index, tensor::MutableTensorView input) const = 0;
  // The class of a sample; -1 where it is not known.
  virtual int64_t label(int64_t) const { return -1; }
};

// Told how much of the work is done, in [0, 1], and what is being done.
using Progress = std::function<void(double share, const std::string& doing)>;

}  // namespace goldcrest::quantize
