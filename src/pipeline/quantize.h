// A float model file → a quantized one, and what that has cost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "pipeline/evaluate.h"
#include "pipeline/layer_losses.h"
#include "pipeline/model_file.h"
#include "quantize/quantize.h"

namespace goldcrest::pipeline {

struct QuantizeOptions {
  std::string input;                  // a model that convert reads
  ImportOptions import;               // where its model begins and ends
  std::string output;                 // a .tflite file
  std::string calibration;            // a data set (data::Open); empty: none
  int64_t calibration_samples = 500;  // at most; 0: all
  std::string validate;               // a data set; empty: the calibration samples
  data::FetchOptions fetch;           // of URLs in lists of either
  // Percentage points that may be lost: of top-1 on labelled data, else of agreement with the float
  // model; none: any number, of mixed models kDefaultDrop.
  std::optional<double> max_drop;
  bool force = false;  // write the file even if more is lost
  std::string labels;  // a file; empty: what the model has
  int threads = 1;
  api::ContractFlags contract;
  quantize::Options quantize;

  static constexpr double kDefaultDrop = 1;
};

// A layer that a mixed model keeps in a wider type.
struct KeptLayer {
  std::string name;
  tensor::DType dtype;
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

  // The float model and the quantized one on the data; nothing where there was none, or the model
  // is no classifier.
  std::optional<EvaluateReport> evaluation;
  std::vector<LayerLoss> layers;  // empty where there was no data
  std::vector<KeptLayer> kept;
  double drop = 0;  // percentage points, where there is an evaluation
  std::optional<double> max_drop;

  bool within_budget() const { return !max_drop || drop <= *max_drop; }
};

// The file appears under its name only when all of it is written, and only if no more is lost than
// may be, or with force.
Result<QuantizeReport> Quantize(const QuantizeOptions& options, const quantize::Progress& progress);

}  // namespace goldcrest::pipeline
