// inspect --explain: which operators take turns, and why no more of them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/program.h"
#include "formats/tflite/tflite.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::RunProgram;

// 112 x 112 x 40 floats are 2 MB.
constexpr char kLargeInside[] = R"(
  input %0 "x": float32[1, 112, 112, 8]
  const %1 "w": float32[40, 1, 1, 8] = random(1)
  const %2 "d": float32[1, 3, 3, 40] = random(2)
  const %3 "v": float32[8, 1, 1, 40] = random(3)
  %4 "wide": float32[1, 112, 112, 40] = conv2d(%0, %1)
  %5 "deep": float32[1, 112, 112, 40] = depthwise_conv2d(%4, %2) padding=same
  %6 "narrow": float32[1, 112, 112, 8] = conv2d(%5, %3)
  %7 "y": float32[1, 112, 112, 8] = softmax(%6)
  output %7)";

class ExplainedBands : public ::testing::Test {
 protected:
  Ran Inspect(const std::string& graph, const std::vector<std::string>& more) const {
    auto bytes = formats::tflite::Write(testing::MustParse(graph));
    std::vector<std::string> arguments = {
        "inspect", folder_.Write("m.tflite", base::AsText(*bytes)), "--explain"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Ran ran = RunProgram(arguments);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(ExplainedBands, NameOperatorsBuffersAndWhyTheyEnd) {
  const Ran ran = Inspect(kLargeInside, {});
  EXPECT_NE(ran.out.find("\nbands       values of 1.0 MB or more pass through line buffers where "
                         "the operators that make and read them can take turns\narena       "),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("#0 to #2  "), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("what it makes has less than 1.0 MB\n"), std::string::npos) << ran.out;
  const json report = json::parse(Inspect(kLargeInside, {"--json"}).out);
  ASSERT_EQ(report["bands"].size(), 1U) << report["bands"];
  EXPECT_EQ(report["bands"][0]["nodes"], json({0, 1, 2}));
  EXPECT_EQ(report["bands"][0]["line_buffer_bytes"].size(), 2U);
  EXPECT_EQ(report["bands"][0]["output_bytes"], 112 * 112 * 8 * 4);
  EXPECT_FALSE(report.contains("no_bands_because"));
  EXPECT_GT(report["arena_bytes_without_bands"], report["arena_bytes"]);
}

TEST_F(ExplainedBands, ThereAreNoneForThreadsOrSmallValues) {
  const Ran two = Inspect(kLargeInside, {"--threads", "2"});
  EXPECT_NE(two.out.find("\nbands       none: the chunks of one operator after the other are "
                         "claimed by 2 threads\n"),
            std::string::npos)
      << two.out;
  const json report = json::parse(Inspect(kLargeInside, {"--threads", "2", "--json"}).out);
  EXPECT_EQ(report["bands"], json::array());
  EXPECT_EQ(report["arena_bytes_without_bands"], report["arena_bytes"]);
  const Ran small = Inspect(R"(input %0 "x": float32[1, 8, 8, 8]
                               %1 "y": float32[1, 8, 8, 8] = softmax(%0)
                               output %1)",
                            {});
  EXPECT_NE(small.out.find("\nbands       none: no operator makes 1.0 MB or more\n"),
            std::string::npos)
      << small.out;
}

TEST_F(ExplainedBands, NotWhereNobodyAsks) {
  const Ran ran = Inspect(kLargeInside, {"--json"});
  auto bytes = formats::tflite::Write(testing::MustParse(kLargeInside));
  const std::string model = folder_.Write("m.tflite", base::AsText(*bytes));
  EXPECT_FALSE(json::parse(RunProgram({"inspect", model, "--json"}).out).contains("bands"));
  EXPECT_EQ(RunProgram({"inspect", model}).out.find("bands"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::cli
