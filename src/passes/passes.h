// Graph → graph rewrites: a file each, run in a fixed order, each timed, counted, verified and
// switchable by name. None changes what the graph computes by more than float rounding.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::passes {

struct Pass {
  std::string_view name;
  std::string_view description;
  int (*run)(graph::Graph& graph);  // how many places it changed
};

std::span<const Pass> Passes();  // in the order in which they run

struct Options {
  std::vector<std::string> disabled;  // names of passes
  // Verify the graph after each pass. A failure is our bug; the tests keep this on.
#ifdef NDEBUG
  bool verify = false;
#else
  bool verify = true;
#endif
};

struct Report {
  std::string_view name;
  std::string_view description;
  bool disabled = false;
  int changes = 0;
  double milliseconds = 0;
};

// An error where a disabled pass does not exist.
Result<std::vector<Report>> Run(graph::Graph& graph, const Options& options);

// The passes themselves.
int RemoveTraining(graph::Graph& graph);
int RemoveIdentity(graph::Graph& graph);
int FoldBatchNorm(graph::Graph& graph);
int FusePadding(graph::Graph& graph);
int FuseActivation(graph::Graph& graph);
int RemoveDeadCode(graph::Graph& graph);

}  // namespace goldcrest::passes
