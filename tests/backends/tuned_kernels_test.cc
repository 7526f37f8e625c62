// Kernels that a tuning names: they run, or it is said why they cannot.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "kernels/conv/conv.h"
#include "runtime/tuning.h"
#include "runtime/weight_cache.h"
#include "support/random.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::backends::cpu {
namespace {

constexpr char kIntegers[] = R"(
  input %0 "x": int8[1, 9, 9, 16] scale=0.05 zero_point=-3
  const %1 "w": int8[32, 1, 1, 16] scale=0.01 zero_point=0 = random(1)
  const %2 "d": int8[1, 3, 3, 32] scale=0.02 zero_point=0 = random(2)
  %3 "pointwise": int8[1, 9, 9, 32] scale=0.05 zero_point=5 = conv2d(%0, %1)
  %4 "depthwise": int8[1, 9, 9, 32] scale=0.06 zero_point=5 = depthwise_conv2d(%3, %2) padding=same
  output %4)";
constexpr char kFloats[] = R"(
  input %0 "x": float32[1, 9, 9, 16]
  const %1 "w": float32[32, 1, 1, 16] = random(1)
  %2 "pointwise": float32[1, 9, 9, 32] = conv2d(%0, %1)
  output %2)";

// By name of the node.
using Kernels = std::map<std::string, std::string, std::less<>>;

Kernels KernelsOf(const runtime::Executor& executor) {
  Kernels kernels;
  for (size_t i = 0; i < executor.step_count(); ++i) {
    const auto step = executor.step(i);
    const graph::Graph& graph = executor.graph();
    kernels[graph.NameOf(graph.nodes[static_cast<size_t>(step.group.nodes[0])])] = step.kernel;
  }
  return kernels;
}

runtime::Tuning TuningFor(const Kernels& kernels) {
  return {.kernel_of = [&kernels](const graph::Graph& graph,
                                  const graph::Node& node) -> std::string_view {
    const auto found = kernels.find(graph.NameOf(node));
    return found == kernels.end() ? std::string_view() : found->second;
  }};
}

std::vector<std::byte> RunOnBytes(runtime::Executor& executor) {
  testing::Random random(7);
  for (std::byte& x : executor.input(0).bytes) x = static_cast<std::byte>(random.Integer(0, 255));
  executor.Run();
  const std::span<const std::byte> output = executor.output(0).bytes;
  return {output.begin(), output.end()};
}

TEST(TunedKernels, RunAndGiveTheSameBytes) {
  const graph::Graph graph = testing::MustParse(kIntegers);
  runtime::Executor best = testing::MustPrepare(graph);
  const std::vector<std::byte> expected = RunOnBytes(best);
  for (const base::Isa isa : base::MachineIsas()) {
    SCOPED_TRACE(base::NameOf(isa));
    const Kernels wanted = KernelsOf(testing::MustPrepare(graph, {}, isa));
    const runtime::Tuning tuning = TuningFor(wanted);
    runtime::Executor tuned = testing::MustPrepare(graph, {.tuning = &tuning});
    EXPECT_EQ(KernelsOf(tuned), wanted);
    EXPECT_EQ(RunOnBytes(tuned), expected);
    for (size_t i = 0; i < tuned.step_count(); ++i) {
      for (const runtime::Refusal& refused : tuned.step(i).refused) {
        EXPECT_NE(refused.reason, "");
        if (refused.kernel != best.step(i).kernel) continue;
        EXPECT_EQ(refused.reason, "slower, says the tuning");
      }
    }
  }
}

TEST(TunedKernels, ThatCannotRunAreRefusedWithAReason) {
  const graph::Graph graph = testing::MustParse(kFloats);
  const std::string best(kernels::conv::Rows().front().name);
  const std::pair<std::string, std::string> cases[] = {
      {"conv_f32_9x9_cray", "wanted by the tuning, but no kernel of this operator"},
      {"quantized_conv_reference", "wanted by the tuning, but no kernel of this operator"},
      {best, "wanted by the tuning, but needs "}};
  for (const auto& [kernel, reason] : cases) {
    const Kernels wanted = {{"pointwise", kernel}};
    const runtime::Tuning tuning = TuningFor(wanted);
    const runtime::Executor executor =
        testing::MustPrepare(graph, {.tuning = &tuning}, base::Isa::kScalar);
    EXPECT_EQ(executor.step(0).kernel, "conv_f32_reference");
    const std::vector<runtime::Refusal>& refused = executor.step(0).refused;
    const auto found = std::ranges::find(refused, kernel, &runtime::Refusal::kernel);
    ASSERT_NE(found, refused.end()) << kernel;
    EXPECT_TRUE(found->reason.starts_with(reason)) << found->reason;
    EXPECT_EQ(std::ranges::count(refused, kernel, &runtime::Refusal::kernel), 1);
  }
}

// What another row packed is no use to it.
TEST(TunedKernels, HaveCachedWeightsOfTheirOwn) {
  const graph::Graph graph = testing::MustParse(kIntegers);
  const testing::TemporaryFolder folder;
  const auto run = [&](const runtime::Tuning* tuning, size_t most_notes) {
    runtime::WeightCache cache(folder.File("cache"));
    runtime::Executor executor = testing::MustPrepare(graph, {.cache = &cache, .tuning = tuning});
    std::vector<std::string> notes;
    cache.Save(notes);
    EXPECT_EQ(notes.size(), most_notes);
    return RunOnBytes(executor);
  };
  const std::vector<std::byte> expected = run(nullptr, 1);
  run(nullptr, 0);
  const Kernels plain = KernelsOf(testing::MustPrepare(graph, {}, base::Isa::kScalar));
  if (plain == KernelsOf(testing::MustPrepare(graph))) GTEST_SKIP() << "there is one row only";
  const runtime::Tuning tuning = TuningFor(plain);
  EXPECT_EQ(run(&tuning, 1), expected);
  EXPECT_EQ(run(&tuning, 0), expected);
}

}  // namespace
}  // namespace goldcrest::backends::cpu
