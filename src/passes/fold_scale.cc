#include "passes/fold_affine.h"
#include "passes/passes.h"

namespace goldcrest::passes {

int FoldScale(graph::Graph& graph, WorkLimit& limit) {
  return FoldAffine(graph, AffineChains::kWithoutBatchNorm, limit);
}

}  // namespace goldcrest::passes
