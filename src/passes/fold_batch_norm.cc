#include "passes/fold_affine.h"
#include "passes/passes.h"

namespace goldcrest::passes {

int FoldBatchNorm(graph::Graph& graph, WorkLimit& limit) {
  return FoldAffine(graph, AffineChains::kWithBatchNorm, limit);
}

}  // namespace goldcrest::passes
