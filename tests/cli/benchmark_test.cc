// What `goldcrest benchmark` prints, its flags and their other spellings.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "formats/tflite/tflite.h"
#include "support/picture_files.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::RunProgram;

class BenchmarkCommand : public ::testing::Test {
 protected:
  std::string WriteModel(const std::string& name) const {
    auto bytes = formats::tflite::Write(
        testing::MustParse("input %0 \"x\": float32[-1, 8, 8, 3]\n"
                           "const %1 \"w\": float32[4, 1, 1, 3] = random(1)\n"
                           "%2 \"c\": float32[-1, 8, 8, 4] = conv2d(%0, %1)\n"
                           "%3 \"y\": float32[-1, 4] = mean(%2) axes=[1, 2]\noutput %3\n"));
    return folder_.Write(name, base::AsText(*bytes));
  }

  testing::TemporaryFolder folder_;
};

TEST_F(BenchmarkCommand, JsonIsOneObjectOnOneLine) {
  std::string model = WriteModel("m.tflite");
  Ran ran = RunProgram({"benchmark", model, "--threads", "2", "--runs", "9", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 1);
  json result = json::parse(ran.out);
  EXPECT_EQ(result["model"], model);
  EXPECT_EQ(result["threads"], 2);
  EXPECT_EQ(result["backend"], "cpu");
  EXPECT_EQ(result["runs"], 9);
  for (const char* key : {"min_ms", "median_ms", "p90_ms", "load_ms", "first_run_ms", "arena_bytes",
                          "peak_rss_bytes"}) {
    EXPECT_GT(result[key], 0) << key;
  }
  EXPECT_TRUE(result["isa"].is_string());
  EXPECT_FALSE(result.contains("operators"));
}

TEST_F(BenchmarkCommand, ReadsPictures) {
  const std::string model = folder_.File("m.keras");
  ASSERT_EQ(RunProgram({"convert", "--architecture", "mobilenet_v1", "--alpha", "0.25", "--size",
                        "32", "--weights", "random", "-o", model})
                .exit_code,
            0);
  std::filesystem::create_directory(folder_.File("pictures"));
  for (int i = 0; i < 3; ++i) {
    folder_.Write(base::Cat("pictures/", i, ".jpg"), testing::MakeJpeg(90 + i, 70, false));
  }
  const std::string pictures = folder_.File("pictures");
  for (const char* decode : {"exact", "fast"}) {
    const Ran ran = RunProgram({"benchmark", model, "--pictures", pictures, "--decode", decode,
                                "--threads", "2", "--min-secs", "0", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json result = json::parse(ran.out);
    EXPECT_EQ(result["pictures"], 3);
    EXPECT_GE(result["rounds"], 3);
    EXPECT_GE(result["best_pictures_per_s"], result["median_pictures_per_s"]);
  }
  folder_.Write("pictures/9.jpg", "no picture");
  const Ran broken = RunProgram({"benchmark", model, "--pictures", pictures});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_NE(broken.err.find("9.jpg"), std::string::npos) << broken.err;
  EXPECT_EQ(RunProgram({"benchmark", model, "--decode", "fast"}).exit_code, 2);
}

TEST_F(BenchmarkCommand, TakesTheWordsOfBenchmarkModel) {
  std::string graph = "--graph=" + WriteModel("m.tflite");
  Ran ran = RunProgram({"benchmark", graph, "--num_threads=2", "--num_runs=3", "--warmup_runs=2",
                        "--min_secs=0", "--max_secs=5", "--enable_op_profiling=true", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  json result = json::parse(ran.out);
  EXPECT_EQ(result["threads"], 2);
  EXPECT_EQ(result["runs"], 3);
  ASSERT_EQ(result["operators"].size(), 2U);
  ASSERT_EQ(result["steps"].size(), 2U);
  EXPECT_EQ(result["steps"][0]["op"], "conv2d");
  EXPECT_EQ(result["steps"][0]["multiply_adds"], 8 * 8 * 3 * 4);
}

TEST_F(BenchmarkCommand, ComparesWithTheFirst) {
  std::string a = WriteModel("a.tflite");
  std::string b = WriteModel("b.tflite");
  Ran ran = RunProgram({"benchmark", a, b, "--runs", "14", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  size_t end = ran.out.find('\n');
  json first = json::parse(ran.out.substr(0, end));
  json second = json::parse(ran.out.substr(end));
  EXPECT_FALSE(first.contains("median_ratio"));
  EXPECT_EQ(second["compared_with"], a);
  EXPECT_DOUBLE_EQ(second["median_ratio"],
                   double(second["median_ms"]) / double(first["median_ms"]));
  ran = RunProgram({"benchmark", a, b, "--runs", "14", "--profile"});
  EXPECT_NE(ran.out.find("median / first"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("1.000x"), std::string::npos);
  EXPECT_NE(ran.out.find("GFLOP/s, GOP/s"), std::string::npos);
  EXPECT_NE(ran.out.find("this machine: "), std::string::npos);
}

TEST_F(BenchmarkCommand, ProfilesBesideWhatTheMachineCanDo) {
  const std::string model = folder_.File("m.tflite");
  ASSERT_EQ(RunProgram({"convert", "--architecture", "mobilenet_v1", "--alpha", "0.25", "--size",
                        "64", "--weights", "random", "-o", model})
                .exit_code,
            0);
  for (const char* threads : {"1", "2"}) {
    const Ran ran = RunProgram(
        {"benchmark", model, "--threads", threads, "--runs", "20", "--profile", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json result = json::parse(ran.out);
    const json& roofline = result["roofline"];
    EXPECT_GT(roofline["float_gops"], 0);
    EXPECT_GT(roofline["bfloat16_gops"], 0);
    EXPECT_GT(roofline["integer_gops"], 0);
    ASSERT_GE(roofline["memory"].size(), 3U);
    for (const json& memory : roofline["memory"]) {
      EXPECT_GT(memory["bytes"], 0);
      EXPECT_GT(memory["read_gb_per_s"], 0);
      EXPECT_GT(memory["written_gb_per_s"], 0);
    }
    // Of operators and of steps; both are all that runs.
    for (const char* key : {"multiply_adds", "bytes", "roofline_ms", "share"}) {
      double of_operators = 0, of_steps = 0;
      for (const json& op : result["operators"]) of_operators += op[key].get<double>();
      for (const json& step : result["steps"]) of_steps += step[key].get<double>();
      EXPECT_GT(of_steps, 0) << key;
      EXPECT_NEAR(of_operators, of_steps, 1e-9 * of_steps) << key;
    }
    for (const json& step : result["steps"]) {
      const double ms = step["median_ms"];
      EXPECT_DOUBLE_EQ(step["gops"].get<double>(),
                       2 * step["multiply_adds"].get<double>() / (ms * 1e6));
      EXPECT_DOUBLE_EQ(step["roofline_fraction"].get<double>(),
                       step["roofline_ms"].get<double>() / ms);
      // Near 1 at most; how near is no matter of right or wrong, a wrong unit is.
      EXPECT_GT(step["roofline_fraction"], 0) << step;
      EXPECT_LT(step["roofline_fraction"], 20) << step;
      if (step["multiply_adds"] == 0) {
        EXPECT_EQ(step["limit"], "memory");
      }
    }
  }
}

TEST_F(BenchmarkCommand, SaysHowFarItIsOnStandardError) {
  Ran ran = RunProgram({"benchmark", WriteModel("m.tflite"), "--min-secs", "1.5"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_NE(ran.err.find(" % running "), std::string::npos) << ran.err;
  EXPECT_EQ(ran.out.find(" % running "), std::string::npos);
}

TEST_F(BenchmarkCommand, OtherShapesAndBatches) {
  std::string model = WriteModel("m.tflite");
  auto multiply_adds = [&](const std::string& flag) {
    Ran ran = RunProgram({"benchmark", model, flag, "--runs", "1", "--profile", "--json"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return json::parse(ran.out)["steps"][0]["multiply_adds"].get<int>();
  };
  EXPECT_EQ(multiply_adds("--input_shapes=1,16,8,3"), 16 * 8 * 3 * 4);
  EXPECT_EQ(multiply_adds("--input_layer_shape=2,8,8,3"), 2 * 8 * 8 * 3 * 4);
  EXPECT_EQ(multiply_adds("--batch=5"), 5 * 8 * 8 * 3 * 4);
  Ran ran = RunProgram({"benchmark", model, "--input-shapes", "1x8x8x3"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.err.find("'1x8x8x3' is no list of shapes"), std::string::npos) << ran.err;
}

TEST_F(BenchmarkCommand, WrongUsage) {
  std::string model = WriteModel("m.tflite");
  EXPECT_EQ(RunProgram({"benchmark"}).exit_code, 2);
  EXPECT_EQ(RunProgram({"benchmark", model, "--runs", "0"}).exit_code, 2);
  Ran ran = RunProgram({"benchmark", model, "--min-secs", "9", "--max-secs", "3"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err, "goldcrest: error: --min-secs 9 is more than --max-secs 3\n");
  ran = RunProgram({"benchmark", model, "--num_run=3"});
  EXPECT_NE(ran.err.find("did you mean --num-runs?"), std::string::npos) << ran.err;
  EXPECT_EQ(RunProgram({"benchmark", folder_.File("none.tflite")}).exit_code, 1);
}

TEST_F(BenchmarkCommand, KerasFilesToo) {
  REQUIRE_SHARED();
  Ran ran = RunProgram({"benchmark", testing::SharedFile("models/vww_96.h5"), "--runs", "2",
                        "--warmup-min-secs", "0", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["runs"], 2);
}

}  // namespace
}  // namespace goldcrest::cli
