// What operators on integers refuse. Their arithmetic is judged by LiteRT, in
// interop/quantized_operators_test.py.
#include <gtest/gtest.h>

#include "backends/cpu/cpu_backend.h"
#include "support/run_graph.h"

namespace goldcrest::backends::cpu {
namespace {

// The error of preparing a graph of one operator, or nothing.
std::string ErrorOf(const std::string& operand, const std::string& result) {
  const CpuBackend backend(base::Isa::kScalar);
  graph::Graph graph =
      testing::MustParse("input %0 \"x\": " + operand + "\n%1 \"y\": " + result + "\noutput %1\n");
  auto executor = runtime::Executor::Create(std::move(graph), backend, {});
  return executor ? "" : executor.error().ToString();
}

void ExpectError(const std::string& operand, const std::string& result, std::string_view part) {
  EXPECT_NE(ErrorOf(operand, result).find(part), std::string::npos)
      << "'" << ErrorOf(operand, result) << "' lacks '" << part << "'";
}

TEST(Quantized, ScalesAndZeroPointsAreChecked) {
  EXPECT_EQ(ErrorOf("int8[1, 4] scale=0.5 zero_point=3",
                    "int8[1, 4] scale=0.25 zero_point=-128 = activate(%0)"),
            "");
  ExpectError("int8[1, 4] scale=0", "int8[1, 4] scale=1 = activate(%0)", "has a scale of 0");
  ExpectError("int8[1, 4] scale=1e-30", "int8[1, 4] scale=1e30 = softmax(%0)", "a scale of 1e+30");
  ExpectError("int8[1, 4] scale=1e20", "int8[1, 4] scale=1 = activate(%0)",
              "its scales are too far apart");
  ExpectError("int16[1, 4] scale=1 zero_point=5", "int16[1, 4] scale=1 = activate(%0)",
              "is int16 with a zero point of 5; 0 expected");
}

TEST(Quantized, OperatorsNameWhatTheyNeed) {
  ExpectError("int16[1, 4] scale=1", "int16[1, 4] scale=1 = hard_swish(%0)", "hard-swish of int16");
  ExpectError("int8[1, 4] scale=1", "int8[1, 4] scale=0.001 = hard_swish(%0)",
              "is too fine for its operand's");
  ExpectError("int16[1, 4] scale=1", "int16[1, 4] scale=1 = tanh(%0)", "2^-15 expected");
  ExpectError("int8[1, 4] scale=1", "int8[1, 4] scale=0.00390625 = softmax(%0)",
              "a zero point of 0; 0.00390625 and -128 expected");
  ExpectError("int8[1, 4, 4, 1] scale=1", "int8[1, 4, 4, 1] scale=2 = max_pool2d(%0)",
              "stands for reals otherwise than its operand");
  ExpectError("int8[1, 512, 512, 1] scale=1",
              "int8[1, 1, 1, 1] scale=1 = average_pool2d(%0) filter_h=512 filter_w=512",
              "a window of more than 65536 pixels");
  ExpectError("int16[1, 70000] scale=1e-4", "int16[1, 70000] scale=3.0517578125e-05 = softmax(%0)",
              "over 70000 classes");
}

}  // namespace
}  // namespace goldcrest::backends::cpu
