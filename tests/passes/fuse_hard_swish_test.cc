#include <gtest/gtest.h>

#include "passes/pass_testing.h"
#include "passes/passes.h"

namespace goldcrest::passes {
namespace {

using testing::After;
using testing::ExpectSameOutputs;
using testing::Replaced;

std::string Spelled(const std::string& nodes, const std::string& more = "") {
  return R"(
    input %0 "x": float32[1, 8]
    const %1 "three": float32[] = {3}
    const %2 "sixth": float32[1] = {0.16666667}
    %3 "sum": float32[1, 8] = add(%0, %1)
    %4 "gate": float32[1, 8] = activate(%3) activation=relu6
)" + nodes +
         "\noutput %9\n" + more;
}

TEST(FuseHardSwish, InAnyOrder) {
  for (const char* nodes :
       {"%5 \"a\": float32[1, 8] = mul(%4, %2)\n%9 \"y\": float32[1, 8] = mul(%5, %0)",
        "%5 \"a\": float32[1, 8] = mul(%4, %2)\n%9 \"y\": float32[1, 8] = mul(%0, %5)",
        "%5 \"a\": float32[1, 8] = mul(%0, %4)\n%9 \"y\": float32[1, 8] = mul(%5, %2)",
        "%5 \"a\": float32[1, 8] = mul(%0, %2)\n%9 \"y\": float32[1, 8] = mul(%5, %4)"}) {
    EXPECT_EQ(After(FuseHardSwish, Spelled(nodes)), "%1 \"y\": float32[1, 8] = hard_swish(%0)\n");
    ExpectSameOutputs(FuseHardSwish, Spelled(nodes));
  }
  std::string fused = R"(
    input %0 "x": float32[1, 8]
    const %1 "three": float32[1, 1] = {3}
    const %2 "half": float32[] = {0.5}
    const %3 "third": float32[] = {0.33333334}
    %4 "gate": float32[1, 8] = add(%0, %1) activation=relu6
    %5 "a": float32[1, 8] = mul(%4, %2)
    %6 "b": float32[1, 8] = mul(%5, %3)
    %7 "y": float32[1, 8] = mul(%6, %0)
    output %7)";
  EXPECT_EQ(After(FuseHardSwish, fused), "%1 \"y\": float32[1, 8] = hard_swish(%0)\n");
}

TEST(FuseHardSwish, NotWhatIsAlmostOne) {
  const std::string good =
      "%5 \"a\": float32[1, 8] = mul(%4, %2)\n%9 \"y\": float32[1, 8] = mul(%5, %0)";
  auto left = [](const std::string& text) {
    return After(FuseHardSwish, text).find("hard_swish(") == std::string::npos;
  };
  EXPECT_FALSE(left(Spelled(good)));
  EXPECT_TRUE(left(Replaced(Spelled(good), "{0.16666667}", "{0.2}")));
  EXPECT_TRUE(left(Replaced(Spelled(good), "{3}", "{2.5}")));
  EXPECT_TRUE(left(Replaced(Spelled(good), "relu6", "relu")));
  EXPECT_TRUE(left(Replaced(Spelled(good), "mul(%5, %0)", "mul(%5, %0) activation=relu")));
  EXPECT_TRUE(left(Replaced(Spelled(good), "mul(%5, %0)", "mul(%5, %5)")));
  // The sigmoid alone, and times another value.
  EXPECT_TRUE(left(Spelled("%9 \"y\": float32[1, 8] = mul(%4, %2)")));
  EXPECT_TRUE(
      left(Spelled("%7 \"t\": float32[1, 8] = tanh(%0)\n"
                   "%5 \"a\": float32[1, 8] = mul(%4, %2)\n"
                   "%9 \"y\": float32[1, 8] = mul(%5, %7)")));
  // The gate is read elsewhere too.
  EXPECT_TRUE(left(Spelled(good, "output %4\n")));
}

TEST(FuseHardSwish, InsideOfALongerProduct) {
  std::string text = Spelled(
      "%5 \"a\": float32[1, 8] = mul(%4, %2)\n%6 \"b\": float32[1, 8] = mul(%5, %0)\n"
      "%7 \"t\": float32[1, 8] = tanh(%0)\n%9 \"y\": float32[1, 8] = mul(%6, %7)");
  EXPECT_EQ(After(FuseHardSwish, text),
            "%1 \"b\": float32[1, 8] = hard_swish(%0)\n%2 \"t\": float32[1, 8] = tanh(%0)\n"
            "%3 \"y\": float32[1, 8] = mul(%1, %2)\n");
}

}  // namespace
}  // namespace goldcrest::passes
