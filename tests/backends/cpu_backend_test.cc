#include "backends/cpu/cpu_backend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "kernels/binary/binary.h"
#include "kernels/conv/conv.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/mean/mean.h"
#include "kernels/pool/pool.h"
#include "kernels/softmax/softmax.h"
#include "kernels/unary/unary.h"
#include "support/run_graph.h"

namespace goldcrest::backends::cpu {
namespace {

constexpr char kModel[] = R"(
  input %0 "x": float32[1, 16, 16, 3]
  const %1 "w": float32[8, 3, 3, 3] = random(1)
  const %2 "d": float32[1, 3, 3, 16] = random(2)
  const %3 "f": float32[10, 16] = random(4)
  %4 "conv": float32[] = conv2d(%0, %1) padding=same
  %5 "depthwise": float32[] = depthwise_conv2d(%4, %2) padding=same
  %6 "pool": float32[] = average_pool2d(%5) filter_h=2 filter_w=2
  %7 "swish": float32[] = hard_swish(%6)
  %8 "sum": float32[] = add(%7, %6)
  %9 "mean": float32[] = mean(%8) axes=[1, 2]
  %10 "dense": float32[] = fully_connected(%9, %3)
  %11 "scores": float32[] = softmax(%10)
  output %11)";

template <class Row>
std::vector<std::string> NamesOf(std::span<const Row> rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.emplace_back(row.name);
  return names;
}

// The rows of each operator's table, in order.
std::map<std::string, std::vector<std::string>> Tables() {
  return {{"conv2d", NamesOf(kernels::conv::Rows())},
          {"fully_connected", NamesOf(kernels::conv::Rows())},
          {"depthwise_conv2d", NamesOf(kernels::depthwise::Rows())},
          {"average_pool2d", NamesOf(kernels::pool::Rows())},
          {"hard_swish", NamesOf(kernels::unary::Rows())},
          {"add", NamesOf(kernels::binary::Rows())},
          {"mean", NamesOf(kernels::mean::Rows())},
          {"softmax", NamesOf(kernels::softmax::Rows())}};
}

// At every level the kernel and those refused are the beginning of the table, each with a reason.
TEST(CpuBackend, EveryRefusedKernelHasAReason) {
  auto tables = Tables();
  for (base::Isa isa : base::MachineIsas()) {
    runtime::Executor executor = testing::MustPrepare(testing::MustParse(kModel), {}, isa);
    ASSERT_EQ(executor.step_count(), tables.size());
    for (size_t i = 0; i < executor.step_count(); ++i) {
      const runtime::Executor::StepInfo step = executor.step(i);
      const std::string op(
          graph::NameOf(executor.graph().nodes[static_cast<size_t>(step.group.nodes[0])].op));
      const std::vector<std::string>& rows = tables.at(op);
      ASSERT_LT(step.refused.size(), rows.size()) << op;
      for (size_t k = 0; k < step.refused.size(); ++k) {
        EXPECT_EQ(step.refused[k].kernel, rows[k]) << op;
        EXPECT_NE(step.refused[k].reason, "") << op;
      }
      EXPECT_EQ(step.kernel, rows[step.refused.size()]) << op;
      if (isa == base::Isa::kScalar) {
        EXPECT_EQ(step.kernel, rows.back()) << op;
        bool of_isa = std::ranges::all_of(step.refused, [](const runtime::Refusal& refused) {
          return refused.reason.starts_with("needs ") &&
                 refused.reason.ends_with(", but the highest allowed is scalar");
        });
        EXPECT_TRUE(of_isa) << op;
      }
    }
  }
}

TEST(CpuBackend, SizesThatDoNotSuitAKernelAreItsReason) {
  if (base::MachineIsa() == base::Isa::kScalar) GTEST_SKIP() << "the machine has one level only";
  runtime::Executor executor = testing::MustPrepare(testing::MustParse(kModel));
  const std::vector<runtime::Refusal>& refused = executor.step(1).refused;  // two filters a channel
  ASSERT_FALSE(refused.empty());
  EXPECT_EQ(refused.back().reason, "more than one filter a channel");
}

}  // namespace
}  // namespace goldcrest::backends::cpu
