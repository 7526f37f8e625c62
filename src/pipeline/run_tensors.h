// Raw tensors through a model.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/model_file.h"
#include "runtime/tuning.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"
#include "tensor/shape.h"

namespace goldcrest::pipeline {

struct RunOptions {
  std::string model;
  ImportOptions import;              // where its model begins and ends
  std::vector<std::string> inputs;   // .npy files, or NAME=FILE; in the model's order without names
  std::vector<std::string> outputs;  // the same, to be written
  std::string layers;                // an .npz for every value by name; empty: none
  std::vector<tensor::Shape> input_shapes;  // none: the model's own
  int threads = 1;
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  std::string cache;  // of packed weights, as api::SessionOptions has it
  std::shared_ptr<const runtime::Tuning> tuning;  // null: none
};

struct RunReport {
  struct Output {
    std::string name;
    std::string type_and_shape;
    std::string file;  // empty where it was not asked for
  };
  std::vector<Output> outputs;
  size_t layer_count = 0;
  double run_ms = 0;
  std::vector<std::string> notes;
};

// Runs the graph as the file says it, without any pass, on the shapes of the inputs given.
Result<RunReport> RunTensors(const RunOptions& options);

}  // namespace goldcrest::pipeline
