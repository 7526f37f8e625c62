// Any model → .tflite, .onnx for other engines, or .keras and .h5 to be trained on, with the proof
// that it still computes the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "passes/passes.h"
#include "pipeline/architecture.h"
#include "pipeline/inference_type.h"
#include "pipeline/model_file.h"
#include "tensor/difference.h"

namespace goldcrest::pipeline {

struct ConvertOptions {
  std::string input;  // a model, or with an architecture the file of its weights
  std::string output;
  std::string labels;   // a file; empty: what the model has
  std::string picture;  // to compare outputs on; empty: a drawn one
  ArchitectureFlags architecture;
  ImportOptions import;
  std::optional<ExportOptions> onnx;  // stated; an error where another format is written
  api::ContractFlags contract;
  InferenceFlags inference;
  std::vector<std::string> disabled_passes;
};

// Outputs of the graph as imported, without any pass but in the target's arithmetic, against the
// written file read back; integers as the reals that they stand for.
struct OutputCheck {
  std::string sample;  // what they were computed on, in words
  tensor::Difference difference;
  bool same_best_class = false;
};

struct ConvertReport {
  std::vector<passes::Report> passes;
  size_t operators_before = 0;
  size_t operators_after = 0;
  size_t file_bytes = 0;
  size_t label_count = 0;
  std::string integers;        // in words; empty: the model is float
  std::string input_contract;  // in words; empty: not known
  std::string input_contract_from;
  OutputCheck check;
  std::vector<std::string> notes;
};

// The file appears under its name only if its outputs agree with the imported model's within 1e-3
// of the largest; of integers, if they are those of the graph that was written, to the bit.
Result<ConvertReport> Convert(const ConvertOptions& options);

}  // namespace goldcrest::pipeline
