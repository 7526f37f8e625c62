// Which scale and zero point of a value harm least what is made of it.
#pragma once

#include <vector>

#include "quantize/calibrate.h"
#include "quantize/scheme.h"

namespace goldcrest::quantize {

// By group of the scheme what it may have; at least one.
using Candidates = std::vector<std::vector<tensor::Quantization>>;

// Of every group the candidate with the least error, the first of several. The values of the group
// are rounded to a candidate's integers, and each operator that reads them is run alone: the error
// is Σ (result − float result)² / Σ float result² over the samples, summed over the operators;
// where the group has an output of the model, its own error counts too. Measured on a few samples.
Result<std::vector<tensor::Quantization>> ChooseByOutputError(const graph::Graph& graph,
                                                              const Scheme& scheme,
                                                              const Candidates& candidates,
                                                              const Environment& environment);

}  // namespace goldcrest::quantize
