#include "runtime/executor.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "backends/cpu/cpu_backend.h"
#include "support/counting_allocator.h"
#include "support/random.h"
#include "support/run_graph.h"
#include "support/shared.h"

namespace goldcrest::runtime {
namespace {

using testing::MustParse;
using testing::MustPrepare;

constexpr char kModel[] = R"(
  input %0 "x": float32[-1, 16, 16, 3]
  const %1 "w": float32[8, 3, 3, 3] = random(1)
  const %2 "d": float32[1, 3, 3, 8] = random(2)
  const %3 "p": float32[12, 1, 1, 8] = random(3)
  const %4 "f": float32[10, 12] = random(4)
  %5 "conv": float32[-1, 8, 8, 8] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=same activation=relu6
  %6 "depthwise": float32[-1, 8, 8, 8] = depthwise_conv2d(%5, %2) padding=same activation=relu
  %7 "pointwise": float32[-1, 8, 8, 12] = conv2d(%6, %3)
  %8 "mean": float32[-1, 12] = mean(%7) axes=[1, 2]
  %9 "dense": float32[-1, 10] = fully_connected(%8, %4)
  %10 "scores": float32[-1, 10] = softmax(%9)
  output %10)";

void FillNoise(Executor& executor) {
  testing::Random random(9);
  for (float& x : executor.input(0).As<float>()) x = random.Float();
}

TEST(Executor, EdgesMayLieOutside) {
  Executor inside = MustPrepare(MustParse(kModel), {});
  Executor outside = MustPrepare(MustParse(kModel), {.edges_outside = true});
  EXPECT_LT(outside.arena_bytes(), inside.arena_bytes());
  EXPECT_FALSE(outside.value(outside.graph().outputs[0]));
  FillNoise(inside);
  inside.Run();
  std::span<const float> expected = inside.output(0).As<float>();
  for (int place = 0; place < 2; ++place) {
    std::span<const float> noise = inside.input(0).As<float>();
    const std::vector<float> x(noise.begin(), noise.end());
    std::vector<float> y(expected.size());
    outside.BindInput(0, std::as_bytes(std::span(x)));
    outside.BindOutput(0, std::as_writable_bytes(std::span(y)));
    outside.Run();
    EXPECT_TRUE(std::ranges::equal(expected, y)) << place;
    EXPECT_EQ(outside.output(0).bytes.data(), std::as_bytes(std::span(y)).data());
  }
}

TEST(Executor, TheSameBytesForAnyNumberOfThreadsAndEachTime) {
  std::vector<float> first;
  for (int threads : {1, 2, 3, 8}) {
    base::ThreadPool pool(threads);
    Executor executor = MustPrepare(MustParse(kModel), {.pool = &pool});
    FillNoise(executor);
    for (int run = 0; run < 3; ++run) {
      executor.Run();
      std::span<const float> out = executor.output(0).As<float>();
      if (first.empty()) first.assign(out.begin(), out.end());
      EXPECT_TRUE(std::ranges::equal(first, out)) << threads << " threads, run " << run;
    }
  }
}

TEST(Executor, RunAllocatesNothing) {
  for (int threads : {1, 2}) {
    base::ThreadPool pool(threads);
    Executor executor = MustPrepare(MustParse(kModel), {.pool = &pool});
    FillNoise(executor);
    for (int run = 0; run < 100; ++run) {  // until every thread has started, on a busy machine too
      executor.Run();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    int64_t before = testing::AllocationCount();
    for (int run = 0; run < 10; ++run) executor.Run();
    EXPECT_EQ(testing::AllocationCount(), before);
  }
}

TEST(Executor, TimingTheStepsChangesNothing) {
  base::ThreadPool pool(2);
  Executor executor = MustPrepare(MustParse(kModel), {.pool = &pool});
  FillNoise(executor);
  executor.Run();
  std::span<const float> out = executor.output(0).As<float>();
  const std::vector<float> expected(out.begin(), out.end());
  std::vector<int64_t> nanoseconds(executor.step_count(), -1);
  for (int run = 0; run < 100; ++run) executor.RunTimed(nanoseconds);
  int64_t before = testing::AllocationCount();
  executor.RunTimed(nanoseconds);
  EXPECT_EQ(testing::AllocationCount(), before);
  EXPECT_TRUE(std::ranges::equal(executor.output(0).As<float>(), expected));
  int64_t sum = 0;
  for (int64_t time : nanoseconds) {
    EXPECT_GE(time, 0);
    sum += time;
  }
  EXPECT_GT(sum, 0);
}

TEST(Executor, ReusesMemoryUnlessAllIsKept) {
  Executor reusing = MustPrepare(MustParse(kModel));
  Executor keeping = MustPrepare(MustParse(kModel), {.keep_all_values = true});
  EXPECT_LT(reusing.arena_bytes(), keeping.arena_bytes());
  EXPECT_FALSE(reusing.value(6));
  FillNoise(reusing);
  FillNoise(keeping);
  reusing.Run();
  keeping.Run();
  EXPECT_TRUE(std::ranges::equal(reusing.output(0).bytes, keeping.output(0).bytes));
  ASSERT_TRUE(keeping.value(6));
  EXPECT_EQ(keeping.value(6)->shape.size(), 4U);
}

Error CreateError(graph::Graph graph, const Options& options) {
  auto executor =
      Executor::Create(std::move(graph), backends::cpu::CpuBackend(base::Isa::kScalar), options);
  EXPECT_FALSE(executor);
  return executor.error();
}

TEST(Executor, RefusesOpenShapesAndTooLargeArenas) {
  EXPECT_NE(CreateError(MustParse(kModel), {}).message.find("[-1, 16, 16, 3]"), std::string::npos);
  graph::Graph large = MustParse(
      "input %0 \"x\": float32[2000000, 1000]\n%1 \"y\": float32[2000000, 1000] = activate(%0)\n"
      "output %1\n");
  EXPECT_NE(CreateError(std::move(large), {}).message.find("14.9 GB"), std::string::npos);
  graph::Graph overflowing = MustParse(
      "input %0 \"x\": float32[2147483647, 2147483647, 2147483647]\n"
      "%1 \"y\": float32[] = mean(%0) axes=[0, 1, 2]\noutput %1\n");
  EXPECT_NE(CreateError(std::move(overflowing), {}).message.find("too large for any memory"),
            std::string::npos);
  graph::Graph empty = MustParse(
      "input %0 \"x\": float32[0, 4]\n%1 \"y\": float32[0, 4] = activate(%0)\noutput %1\n");
  EXPECT_NE(CreateError(std::move(empty), {}).message.find("is empty"), std::string::npos);
}

TEST(Executor, AGraphMayPassItsInputThrough) {
  Executor executor = MustPrepare(MustParse(
      "input %0 \"x\": float32[2]\nconst %1 \"c\": float32[1] = {3}\noutput %0\noutput %1\n"));
  executor.input(0).As<float>()[1] = 7;
  executor.Run();
  EXPECT_EQ(executor.output(0).As<float>()[1], 7);
  EXPECT_EQ(executor.output(1).As<float>()[0], 3);
}

}  // namespace
}  // namespace goldcrest::runtime
