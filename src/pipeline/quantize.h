// A float model file → a quantized one.
#pragma once

#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "quantize/quantize.h"

namespace goldcrest::pipeline {

struct QuantizeOptions {
  std::string input;        // a model that convert reads
  std::string output;       // a .tflite file
  std::string calibration;  // a folder of pictures, or a list; empty: none
  std::string labels;       // a file; empty: what the model has
  int threads = 1;
  api::ContractFlags contract;
  quantize::Options quantize;
};

struct QuantizeReport {
  size_t weight_bytes_before = 0;  // float32
  size_t file_bytes = 0;
  int64_t pictures = 0;                 // calibrated on
  std::vector<std::string> unreadable;  // pictures that were skipped, with the reason
  std::string input;                    // type, shape, scale and zero point, in words
  std::string output;
  std::string input_contract;  // in words; empty: not known
  quantize::Report quantize;
  std::vector<std::string> notes;
  double seconds = 0;
};

// The file appears under its name only when all of it is written.
Result<QuantizeReport> Quantize(const QuantizeOptions& options, const quantize::Progress& progress);

}  // namespace goldcrest::pipeline
