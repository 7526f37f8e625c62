// Which range of a value its integers should span: clipping what is rare makes the steps of what is
// common smaller.
#pragma once

#include <string_view>

#include "base/result.h"
#include "quantize/observer.h"

namespace goldcrest::quantize {

enum class RangeMethod : uint8_t {
  kMinMax,         // all that was seen
  kMovingAverage,  // the samples' extremes, averaged
  kPercentile,     // all but the outermost 0.001 % on each side
  kMse,            // the least squared error
  kEntropy,        // the least Kullback-Leibler divergence of the distribution (Migacz, 2017)
};

Result<RangeMethod> ParseRangeMethod(std::string_view text);
std::string_view NameOf(RangeMethod method);  // min-max, moving-average, percentile, mse, entropy

// The range of a value for integers of type `dtype`.
Range ChooseRange(const Observer& observer, RangeMethod method, tensor::DType dtype);

// The range of a model's input. Pictures have 256 levels, which the range that they span may put
// halfway between all steps, so that every level is rounded; a little more of a range is tried.
Range ChooseInputRange(const Observer& observer, tensor::DType dtype);

// Mean squared error of what a histogram holds when it is rounded by these parameters.
double MeanSquaredError(const Histogram& histogram, const tensor::Quantization& parameters,
                        tensor::DType dtype);

}  // namespace goldcrest::quantize
