// How much the passes may do.
#pragma once

#include <cstddef>

#include "graph/graph.h"

namespace goldcrest::passes {

// What the passes may compute and allocate over one model, in bytes: in proportion to the constants
// that it has at first, so that a small file whose operators share a large constant cannot make
// them work without end.
class WorkLimit {
 public:
  explicit WorkLimit(const graph::Graph& graph);
  // Whether that much is left, which is then used.
  bool Take(size_t bytes);

 private:
  size_t left_ = 0;
};

}  // namespace goldcrest::passes
