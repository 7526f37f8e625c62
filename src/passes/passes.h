// Graph → graph rewrites: a file each, run in a fixed order until none changes anything, each
// timed, counted, verified and switchable by name. None changes what the graph computes by more
// than float rounding.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "passes/work_limit.h"
#include "tensor/tensor.h"

namespace goldcrest::passes {

// Computes the result of a graph's only node, whose operands are constants.
using Evaluator = std::function<Result<tensor::Tensor>(graph::Graph one_node)>;

struct Options {
  std::vector<std::string> disabled;  // names of passes
  Evaluator evaluate;                 // for fold_constants, which does nothing without
  // Verify the graph after each pass. A failure is our bug; the tests keep this on.
#ifdef NDEBUG
  bool verify = false;
#else
  bool verify = true;
#endif
};

struct Pass {
  std::string_view name;
  std::string_view description;
  // Returns how many places it changed.
  int (*run)(graph::Graph& graph, const Options& options, WorkLimit& limit);
};

std::span<const Pass> Passes();  // in the order in which they run

struct Report {
  std::string_view name;
  std::string_view description;
  bool disabled = false;
  int changes = 0;  // in all rounds
  double milliseconds = 0;
};

// An error where a disabled pass does not exist.
Result<std::vector<Report>> Run(graph::Graph& graph, const Options& options);

// The passes themselves.
int RemoveTraining(graph::Graph& graph);
int RemoveIdentity(graph::Graph& graph);
int FoldConstants(graph::Graph& graph, const Evaluator& evaluate, WorkLimit& limit);
int FuseHardSwish(graph::Graph& graph);
int FoldBatchNorm(graph::Graph& graph, WorkLimit& limit);
int FoldScale(graph::Graph& graph, WorkLimit& limit);
int FusePadding(graph::Graph& graph);
int FuseActivation(graph::Graph& graph);
int RemoveDeadCode(graph::Graph& graph);

}  // namespace goldcrest::passes
