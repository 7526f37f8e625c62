// What batch normalizations and constant multiplications and additions are folded by.
#pragma once

#include "graph/graph.h"
#include "passes/work_limit.h"

namespace goldcrest::passes {

enum class AffineChains {
  kWithBatchNorm,     // with one batch normalization at least
  kWithoutBatchNorm,  // multiplications and additions only
};

// Takes every run of affine nodes (affine.h) of that kind of which nothing else is read, and
//   1. has the linear layer before do its work, if that has no activation;
//   2. else has the linear layer after do it; where zeros are put around the picture in between,
//      the scale only, and what is added before is divided by it;
//   3. else makes it as short as it can be: one multiplication and one addition, or one of these.
// Paddings, means, average pools and reshapes that keep the channels may lie between. Returns how
// many runs have changed; within the limit, none is left that could be changed again.
int FoldAffine(graph::Graph& graph, AffineChains which, WorkLimit& limit);

}  // namespace goldcrest::passes
