// The integers that a model was trained for, as flags say it: toco's and tflite_convert's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "quantize/as_trained.h"

namespace goldcrest::pipeline {

struct InferenceFlags {
  std::string type = "FLOAT";  // also QUANTIZED_UINT8 or UINT8, QUANTIZED_INT8 or INT8
  std::string input_type;      // empty: as type
  std::string output_type;     // the same
  std::vector<double> mean_values;
  std::vector<double> std_dev_values;
  std::optional<double> default_ranges_min;
  std::optional<double> default_ranges_max;
};

// None where the model stays float; `notes` then name flags that are of no use.
Result<std::optional<quantize::TrainedOptions>> ParseInferenceFlags(
    const InferenceFlags& flags, std::vector<std::string>& notes);

// The same flags, completed by what mean and deviation of an integer input say of bytes of
// pictures, where the model's input can be one and nothing else says it.
api::ContractFlags WithScaling(api::ContractFlags flags, const quantize::TrainedOptions& options,
                               const graph::Graph& graph);

// What the options make of a model, in words.
std::string Describe(const quantize::TrainedOptions& options);

}  // namespace goldcrest::pipeline
