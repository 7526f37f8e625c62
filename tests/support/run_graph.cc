#include "support/run_graph.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "backends/cpu/cpu_backend.h"
#include "base/check.h"
#include "formats/tflite/tflite.h"
#include "graph/infer.h"
#include "graph/text.h"
#include "support/random.h"
#include "support/shared.h"

namespace goldcrest::testing {

graph::Graph MustParse(const std::string& text) {
  auto graph = graph::FromText(text);
  if (!graph) ADD_FAILURE() << graph.error().ToString();
  GOLDCREST_CHECK(graph.has_value());
  return std::move(*graph);
}

graph::Graph MustReadTflite(const std::string& path) {
  auto file = base::MappedFile::Open(path);
  GOLDCREST_CHECK(file.has_value());
  auto graph = formats::tflite::Read(std::move(*file));
  if (!graph) ADD_FAILURE() << graph.error().ToString();
  GOLDCREST_CHECK(graph.has_value());
  return std::move(*graph);
}

runtime::Executor MustPrepare(graph::Graph graph, const runtime::Options& options, base::Isa isa) {
  GOLDCREST_CHECK(graph::BindDefaultShapes(graph).has_value());
  auto executor =
      runtime::Executor::Create(std::move(graph), backends::cpu::CpuBackend(isa), options);
  if (!executor) ADD_FAILURE() << executor.error().ToString();
  GOLDCREST_CHECK(executor.has_value());
  return std::move(*executor);
}

std::vector<float> RunOnNoise(const graph::Graph& graph, uint64_t seed) {
  runtime::Executor executor = MustPrepare(graph);
  Random random(seed);
  for (size_t i = 0; i < executor.graph().inputs.size(); ++i) {
    std::ranges::generate(executor.input(i).As<float>(), [&] { return random.Float(); });
  }
  executor.Run();
  std::span<const float> out = executor.output(0).As<float>();
  return {out.begin(), out.end()};
}

void ExpectKerasOutputs(const graph::Graph& graph, base::Isa isa) {
  SCOPED_TRACE(base::NameOf(isa));
  constexpr char kGolden[] = "keras_mobilenet_v1_025_224.keras.npz";
  const tensor::Tensor softmax = Golden(kGolden, "softmax");
  const tensor::Tensor logits = Golden(kGolden, "logits");
  const graph::ValueId logits_value = graph.nodes.back().inputs[0];
  runtime::Executor executor = MustPrepare(graph, {.keep_all_values = true}, isa);
  for (int64_t i = 0; i < kGoldenInputs; ++i) {
    SetInput(executor, GoldenInput(i).view());
    executor.Run();
    for (size_t k = 0; k < 1000; ++k) {
      size_t at = static_cast<size_t>(i) * 1000 + k;
      ASSERT_NEAR(executor.output(0).As<float>()[k], softmax.view().As<float>()[at], 1e-4);
      ASSERT_NEAR(executor.value(logits_value)->As<float>()[k], logits.view().As<float>()[at],
                  1e-4);
    }
  }
}

void SetInput(runtime::Executor& executor, const tensor::TensorView& input) {
  GOLDCREST_CHECK(input.bytes.size() == executor.input(0).bytes.size());
  std::ranges::copy(input.bytes, executor.input(0).bytes.begin());
}

}  // namespace goldcrest::testing
