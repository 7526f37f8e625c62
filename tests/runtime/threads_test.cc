// Executors in several threads at once; the thread sanitizer is their judge.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/random.h"
#include "support/run_graph.h"

namespace goldcrest::runtime {
namespace {

constexpr char kBranchingModel[] = R"(
  input %0 "x": float32[1, 12, 12, 3]
  const %1 "w": float32[20, 3, 3, 3] = random(1)
  const %2 "d": float32[1, 3, 3, 20] = random(2)
  %3 "conv": float32[1, 12, 12, 20] = conv2d(%0, %1) padding=same activation=relu6
  %4 "depthwise": float32[1, 12, 12, 20] = depthwise_conv2d(%3, %2) padding=same
  %5 "sum": float32[1, 12, 12, 20] = add(%3, %4)
  %6 "mean": float32[1, 20] = mean(%5) axes=[1, 2]
  output %6)";

std::vector<float> RunWith(const graph::Graph& graph, int threads) {
  base::ThreadPool pool(threads);
  Executor executor = testing::MustPrepare(graph, {.pool = &pool});
  testing::Random random(5);
  for (float& x : executor.input(0).As<float>()) x = random.Float();
  for (int run = 0; run < 20; ++run) executor.Run();
  std::span<const float> out = executor.output(0).As<float>();
  return {out.begin(), out.end()};
}

// Graphs that share constants, each with a pool of its own.
TEST(Threads, ExecutorsOfOneGraphRunAtOnce) {
  const graph::Graph graph = testing::MustParse(kBranchingModel);
  std::vector<std::vector<float>> outputs(4);
  {
    std::vector<std::jthread> callers;
    for (size_t i = 0; i < outputs.size(); ++i) {
      callers.emplace_back([&, i] { outputs[i] = RunWith(graph, 1 + static_cast<int>(i)); });
    }
  }
  for (const auto& output : outputs) EXPECT_EQ(output, outputs.front());
}

}  // namespace
}  // namespace goldcrest::runtime
