// What a model consists of, costs and expects.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "pipeline/explain_bands.h"
#include "pipeline/model_file.h"
#include "runtime/backend.h"
#include "runtime/tuning.h"

namespace goldcrest::pipeline {

struct InspectOptions {
  std::string model;
  ImportOptions import;                           // where its model begins and ends
  std::vector<tensor::Shape> input_shapes;        // none: the model's own
  int threads = 1;                                // of the plan
  std::shared_ptr<const runtime::Tuning> tuning;  // null: none
  bool explain = false;                           // the plan's bands too
};

struct InspectReport {
  std::string format;
  size_t file_bytes = 0;
  graph::Graph graph;  // as the file says it, but for the inputs' shapes
  int64_t parameters = 0;
  int64_t multiply_adds = 0;
  // Of the plan that would run it, a dynamic batch being 1: by node the kernel. Absent where the
  // model cannot run here; `cannot_run` says why.
  struct Plan {
    size_t arena_bytes = 0;
    std::vector<std::string> kernels;
    std::vector<std::vector<runtime::Refusal>> refused;  // by node: the kernels before it
    // With `explain`:
    std::vector<ExplainedBand> bands;  // of the nodes that follow
    std::vector<size_t> step_nodes;    // by step: its last node
    std::string no_bands_because;      // for all of the plan; empty: see each
    size_t whole_arena_bytes = 0;      // without bands
  };
  std::optional<Plan> plan;
  std::string cannot_run;
  std::vector<int64_t> node_multiply_adds;  // by node
  std::vector<std::string> warnings;        // of ranges that look wrong
};

Result<InspectReport> Inspect(const InspectOptions& options);

}  // namespace goldcrest::pipeline
