// Layers of float32 activations and integer weights. Their arithmetic is judged by LiteRT, in
// interop/quantized_operators_test.py; here is that nothing else decides their bytes.
#include <gtest/gtest.h>

#include <algorithm>

#include "backends/cpu/cpu_backend.h"
#include "base/strings.h"
#include "support/random.h"
#include "support/run_graph.h"

namespace goldcrest::backends::cpu {
namespace {

constexpr int64_t kItem = 48 * 48 * 16;  // more than one part of the range
constexpr int64_t kScores = 12 * 12 * 5;

graph::Graph Model(int64_t batch) {
  return testing::MustParse(base::Cat(
      "input %0 \"x\": float32[", batch, R"(, 48, 48, 16]
  const %1 "d": int8[1, 3, 3, 16] scale=0.01 axis=3 = random(1)
  const %2 "w": int8[3, 3, 3, 16] scale=[0.01, 0.02, 0.03] = random(2)
  const %3 "b": float32[3] = random(3)
  const %4 "o": int8[40, 1, 1, 3] scale=0.05 = random(4)
  const %5 "f": int8[5, 40] scale=[1, 2, 3, 4, 5] = random(5)
  %6 "depthwise": float32[)",
      batch,
      R"(, 24, 24, 16] = depthwise_conv2d(%0, %1) stride_h=2 stride_w=2 padding=same activation=relu6
  %7 "conv": float32[)",
      batch, R"(, 12, 12, 3] = conv2d(%6, %2, %3) stride_h=2 stride_w=2 padding=same
  %8 "old": float32[)",
      batch, R"(, 12, 12, 40] = conv2d(%7, %4) activation=relu
  %9 "dense": float32[)",
      batch, R"(, 12, 12, 5] = fully_connected(%8, %5) asymmetric_inputs=true
  output %9)"));
}

std::vector<float> Scores(const std::vector<float>& x, int64_t batch, base::Isa isa, int threads) {
  base::ThreadPool pool(threads);
  runtime::Executor executor = testing::MustPrepare(Model(batch), {.pool = &pool}, isa);
  std::ranges::copy(x, executor.input(0).As<float>().begin());
  executor.Run();
  executor.Run();  // what is left in scratch memory does no harm
  const std::span<const float> y = executor.output(0).As<float>();
  return {y.begin(), y.end()};
}

TEST(DynamicRangeLayers, HaveTheSameBytesEverywhere) {
  testing::Random random(1);
  std::vector<float> x;
  for (int64_t i = 0; i < 2 * kItem; ++i) {
    x.push_back(random.Float() * (i < kItem ? 1.0F : 5.0F));  // items of different ranges
  }
  const std::vector<float> expected = Scores(x, 2, base::Isa::kScalar, 1);
  ASSERT_EQ(std::ssize(expected), 2 * kScores);
  EXPECT_NE(std::ranges::min(expected), std::ranges::max(expected));
  for (const base::Isa isa : base::MachineIsas()) {
    for (const int threads : {1, 2, 3, 8}) {
      EXPECT_EQ(Scores(x, 2, isa, threads), expected) << base::NameOf(isa) << " " << threads;
    }
    const std::vector<float> second(x.begin() + kItem, x.end());
    EXPECT_TRUE(std::ranges::equal(Scores(second, 1, isa, 1),
                                   std::span(expected).subspan(static_cast<size_t>(kScores))))
        << base::NameOf(isa);
  }
}

TEST(DynamicRangeLayers, WeightsAreChecked) {
  auto error = [](const std::string& weights) {
    const graph::Graph graph = testing::MustParse(
        base::Cat("input %0 \"x\": float32[1, 4]\nconst %1 \"w\": int8[3, 4] ", weights,
                  " = random(1)\n%2 \"y\": float32[1, 3] = fully_connected(%0, %1)\noutput %2\n"));
    auto executor =
        runtime::Executor::Create(graph, CpuBackend(base::Isa::kScalar), runtime::Options());
    return executor ? std::string() : executor.error().ToString();
  };
  EXPECT_EQ(error("scale=[1, 2, 3]"), "");
  EXPECT_NE(error("scale=[1, 2, 3] zero_point=[0, 1, 0]").find("zero points that differ"),
            std::string::npos);
}

}  // namespace
}  // namespace goldcrest::backends::cpu
