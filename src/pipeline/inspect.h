// What a model consists of, costs and expects.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "runtime/backend.h"

namespace goldcrest::pipeline {

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
  };
  std::optional<Plan> plan;
  std::string cannot_run;
  std::vector<int64_t> node_multiply_adds;  // by node
  std::vector<std::string> warnings;        // of ranges that look wrong
};

// With inputs of these shapes, or of the model's own where none are given.
Result<InspectReport> Inspect(const std::string& path,
                              std::span<const tensor::Shape> input_shapes = {});

}  // namespace goldcrest::pipeline
