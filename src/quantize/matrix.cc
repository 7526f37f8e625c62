#include "quantize/matrix.h"

#include <array>

#include "graph/infer.h"
#include "runtime/executor.h"

namespace goldcrest::quantize {

Result<Matrix> Product(const Matrix& a, const Matrix& b, const runtime::Backend& backend,
                       base::ThreadPool* pool) {
  graph::Graph graph;
  const graph::ValueId input = graph.AddValue(
      {.name = "a", .shape = {static_cast<int64_t>(a.rows), static_cast<int64_t>(a.columns)}});
  graph.inputs = {input};
  const graph::ValueId weights = graph.AddConstant(
      "b", {static_cast<int64_t>(b.rows), static_cast<int64_t>(b.columns)}, b.elements);
  graph.outputs = {graph.AddNode(graph::FullyConnected{}, {input, weights}, "product")};
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(graph));
  GOLDCREST_TRY(auto executor,
                runtime::Executor::Create(std::move(graph), backend, {.pool = pool}));
  std::ranges::copy(a.elements, executor.input(0).As<float>().begin());
  executor.Run();
  Matrix product(a.rows, b.rows);
  std::ranges::copy(executor.output(0).As<float>(), product.elements.begin());
  return product;
}

float Dot(const float* a, const float* b, size_t count) {
  constexpr size_t kLanes = 16;
  std::array<float, kLanes> sums{};
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t k = 0; k < kLanes; ++k) sums[k] += a[i + k] * b[i + k];
  }
  float sum = 0;
  for (; i < count; ++i) sum += a[i] * b[i];
  for (float s : sums) sum += s;
  return sum;
}

}  // namespace goldcrest::quantize
