// Pictures → labels.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "runtime/tuning.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::pipeline {

struct ClassifyOptions {
  std::string model;
  std::vector<std::string> pictures;  // files and folders
  std::string labels;                 // a file; empty: what the model has
  api::ContractFlags contract;
  std::vector<tensor::Shape> input_shapes;  // none: the model's own
  size_t top = 5;
  int threads = 1;
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  std::string cache;  // of packed weights, as api::SessionOptions has it
  std::shared_ptr<const runtime::Tuning> tuning;  // null: none
  int64_t most_pixels = 178956970;
};

struct LabelledScore {
  int64_t index;
  std::string label;  // empty where the model has none
  float score;
};

struct Classified {
  std::string file;
  std::vector<LabelledScore> top;
  double preprocess_ms = 0;  // decode, crop, resize, normalise
  double run_ms = 0;
};

// What is the same for all pictures.
struct ClassifyReport {
  std::string input_contract;
  std::string input_contract_from;
  std::vector<std::string> notes;
};

struct ClassifyEvents {
  std::function<void(const ClassifyReport&)> started;
  std::function<void(const Classified&)> classified;
  std::function<void(const Error&)> failed;  // one picture; the others go on
};

// Fails where nothing can be classified at all.
Status Classify(const ClassifyOptions& options, const ClassifyEvents& events);

}  // namespace goldcrest::pipeline
