// A float model file → a quantized one.
#pragma once

#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "quantize/quantize.h"

namespace goldcrest::pipeline {

struct QuantizeOptions {
  std::string input;                  // a model that convert reads
  std::string output;                 // a .tflite file
  std::string calibration;            // a data set (data::Open); empty: none
  int64_t calibration_samples = 500;  // at most; 0: all
  std::string labels;                 // a file; empty: what the model has
  int threads = 1;
  api::ContractFlags contract;
  quantize::Options quantize;
};

struct QuantizeReport {
  size_t weight_bytes_before = 0;  // float32
  size_t file_bytes = 0;
  std::string calibrated_on;            // in words; empty: nothing
  int64_t samples = 0;                  // of these, those that could be read
  std::vector<std::string> unreadable;  // those that were skipped, with the reason
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
