// Whether samples look like what a model will see: calibrated on noise, or on numbers of another
// range, a model is worse than it need be, and nobody is told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "quantize/parameters.h"
#include "tensor/input_contract.h"

namespace goldcrest::quantize {

class Examiner {
 public:
  // The contract says which values the model takes; none: that is not examined.
  explicit Examiner(const std::optional<tensor::InputContract>& contract);

  // One sample: a picture NHWC of batch 1, or anything else, of which less can be told. `label` is
  // its class and `best` the class that the float model takes it for; -1 where they are not known.
  void Add(std::span<const float> elements, std::span<const int64_t> shape, int64_t label,
           int64_t best);

  // One line for each thing that is wrong, with the remedy.
  std::vector<std::string> Warnings() const;

 private:
  std::optional<Range> expected_;
  Range seen_;
  double lowest_ = 0;  // unlike seen_, zero need not be in it
  int64_t count_ = 0;
  uint64_t first_hash_ = 0;
  bool all_same_ = true;
  int64_t pictures_ = 0;  // samples with pixels side by side that differ
  int64_t noise_ = 0;     // those of them whose neighbours have nothing to do with each other
  std::vector<int64_t> labels_, bests_;
};

}  // namespace goldcrest::quantize
