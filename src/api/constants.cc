#include "api/constants.h"

#include <algorithm>

#include "backends/cpu/cpu_backend.h"
#include "runtime/executor.h"

namespace goldcrest::api {
namespace {

Result<tensor::Tensor> Evaluate(graph::Graph one_node) {
  GOLDCREST_TRY(auto executor,
                runtime::Executor::Create(std::move(one_node),
                                          backends::cpu::CpuBackend(base::Isa::kScalar), {}));
  executor.Run();
  const tensor::TensorView result = executor.output(0);
  GOLDCREST_TRY(auto tensor,
                tensor::Tensor::Create(result.dtype, {result.shape.begin(), result.shape.end()}));
  std::ranges::copy(result.bytes, tensor.mutable_view().bytes.begin());
  return tensor;
}

}  // namespace

passes::Evaluator ConstantEvaluator() { return Evaluate; }

void PrepareToRun(graph::Graph& graph) {
  passes::WorkLimit limit(graph);
  passes::FoldConstants(graph, Evaluate, limit);
}

}  // namespace goldcrest::api
