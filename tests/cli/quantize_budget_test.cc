// quantize with a budget of accuracy, on a small classifier of seeded weights.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/program.h"
#include "formats/tflite/tflite.h"
#include "support/random.h"
#include "support/run_graph.h"
#include "support/temporary.h"
#include "tensor/npy.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::RunProgram;
using testing::TemporaryFolder;

// A classifier whose middle layer's channels differ by so much that one scale for all of them
// leaves little of the small ones.
class QuantizeBudget : public ::testing::Test {
 protected:
  void SetUp() override {
    graph::Graph graph = testing::MustParse(R"(graph "classifier"
  input %0 "x": float32[1, 8, 8, 3]
  const %1 "w": float32[16, 1, 1, 3] = random(1)
  const %2 "v": float32[16, 1, 1, 16] = random(2)
  const %3 "u": float32[10, 1, 1, 16] = random(3)
  %4 "first": float32[1, 8, 8, 16] = conv2d(%0, %1) activation=relu6
  %5 "middle": float32[1, 8, 8, 16] = conv2d(%4, %2) activation=relu
  %6 "mean": float32[1, 1, 1, 16] = mean(%5) axes=[1, 2] keep_dims=true
  %7 "last": float32[1, 1, 1, 10] = conv2d(%6, %3)
  %8 "scores": float32[1, 1, 1, 10] = softmax(%7)
  output %8
)");
    testing::Random random(4);
    std::vector<float> weights = random.Floats(16 * 16);
    for (size_t i = 0; i < weights.size(); ++i) {
      weights[i] *= i / 16 == 0 ? 20.0F : i / 16 % 2 == 0 ? 0.1F : 1.0F;
    }
    graph.value(graph.nodes[1].inputs[1]).constant = tensor::SharedBytes::Copy<float>(weights);
    auto file = formats::tflite::Write(graph);
    ASSERT_TRUE(file);
    ASSERT_TRUE(base::WriteFile(model_, *file));
    WriteSamples(calibration_, 60, 1);
    WriteSamples(validation_, 200, 2);
  }

  static void WriteSamples(const std::string& path, int64_t count, uint64_t seed) {
    testing::Random random(seed);
    std::vector<float> elements = random.Floats(count * 8 * 8 * 3);
    const tensor::Shape shape = {count, 8, 8, 3};
    const auto bytes =
        tensor::WriteNpy({tensor::DType::kFloat32, shape, std::as_bytes(std::span(elements))});
    ASSERT_TRUE(base::WriteFile(path, bytes));
  }

  Ran Quantize(std::vector<std::string> flags) {
    std::vector<std::string> arguments = {"quantize", model_,          "-o",
                                          written_,   "--calibration", calibration_};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    std::filesystem::remove(written_);
    return RunProgram(arguments);
  }
  bool Written() const { return std::filesystem::exists(written_); }

  TemporaryFolder folder_;
  std::string model_ = folder_.File("model.tflite");
  std::string calibration_ = folder_.File("calibration.npy");
  std::string validation_ = folder_.File("validation.npy");
  std::string written_ = folder_.File("out.tflite");
};

TEST_F(QuantizeBudget, ProofIsPrintedAfterEachRun) {
  Ran ran = Quantize({"--to", "int8"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_TRUE(Written());
  for (const char* part : {"which it was calibrated on", "agreement %", "KL", "mult-adds",
                           "layers that lose most", "SQNR dB"}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << "\n" << ran.out;
  }
  ran = Quantize({"--to", "int8", "--validate", validation_, "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["evaluation"]["pictures"], 200);
  EXPECT_NEAR(report["drop"].get<double>(), 100 - report["evaluation"]["agreement"].get<double>(),
              1e-9);
  EXPECT_EQ(report["layers"].size(), 5U);
  // What comes of it is what evaluate says of the file.
  ran = RunProgram({"evaluate", model_, written_, "--data", validation_, "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json evaluated = json::parse(ran.out.substr(ran.out.find('\n') + 1));
  EXPECT_EQ(evaluated["agreement"], report["evaluation"]["agreement"]);
  EXPECT_EQ(evaluated["kl"], report["evaluation"]["kl"]);
}

// Calibration has run the float model on these samples already, but for what a step has changed.
TEST_F(QuantizeBudget, ProofOnCalibrationSamplesIsWhatEvaluateSays) {
  for (const std::vector<std::string>& flags : std::vector<std::vector<std::string>>{
           {"--to", "int8"}, {"--to", "int8", "--per-tensor"}, {"--to", "int16x8"}}) {
    std::vector<std::string> quantize = flags;
    quantize.insert(quantize.end(), {"--calibration-samples", "50", "--json"});
    Ran ran = Quantize(quantize);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json report = json::parse(ran.out);
    EXPECT_EQ(report["evaluation"]["pictures"], 50);
    ran = RunProgram(
        {"evaluate", model_, written_, "--data", calibration_, "--limit", "50", "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json evaluated = json::parse(ran.out.substr(ran.out.find('\n') + 1));
    EXPECT_NE(report["evaluation"]["kl"], 0);
    for (const char* figure : {"agreement", "kl"}) {
      EXPECT_EQ(evaluated[figure], report["evaluation"][figure]) << figure;
    }
  }
}

TEST_F(QuantizeBudget, NothingIsWrittenWhereMoreIsLost) {
  const std::vector<std::string> poor = {"--to",
                                         "int8",
                                         "--per-tensor",
                                         "--without",
                                         "bias-correction",
                                         "--without",
                                         "adaptive-rounding",
                                         "--validate",
                                         validation_,
                                         "--max-drop",
                                         "0"};
  Ran ran = Quantize(poor);
  ASSERT_EQ(ran.exit_code, 1) << ran.out;
  EXPECT_FALSE(Written());
  EXPECT_NE(ran.err.find("was not written: "), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("--to mixed"), std::string::npos) << ran.err;
  EXPECT_NE(ran.out.find("layers that lose most"), std::string::npos);
  std::vector<std::string> forced = poor;
  forced.emplace_back("--force");
  ran = Quantize(forced);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_TRUE(Written());
  ran = Quantize({"--to", "int8", "--max-drop", "100"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_TRUE(Written());
}

TEST_F(QuantizeBudget, MixedModelsKeepWhatTheBudgetNeeds) {
  for (const char* io : {"float32", "int8"}) {
    Ran ran = Quantize({"--to", "mixed", "--per-tensor", "--without", "bias-correction",
                        "--without", "adaptive-rounding", "--validate", validation_, "--max-drop",
                        "1", "--io", io, "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    ASSERT_TRUE(Written());
    const json report = json::parse(ran.out);
    EXPECT_LE(report["drop"].get<double>(), 1);
    EXPECT_FALSE(report["kept_layers"].empty());
    EXPECT_LT(report["kept_layers"].size(), 4U);
    ran = RunProgram({"evaluate", model_, written_, "--data", validation_, "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json evaluated = json::parse(ran.out.substr(ran.out.find('\n') + 1));
    EXPECT_EQ(evaluated["agreement"], report["evaluation"]["agreement"]);
  }
}

TEST_F(QuantizeBudget, NeedsScoresToCount) {
  const auto file = formats::tflite::Write(testing::MustParse(R"(graph "picture"
  input %0 "x": float32[1, 8, 8, 3]
  const %1 "w": float32[3, 1, 1, 3] = random(1)
  %2 "y": float32[1, 8, 8, 3] = conv2d(%0, %1)
  output %2
)"));
  ASSERT_TRUE(file);
  ASSERT_TRUE(base::WriteFile(model_, *file));
  for (const std::vector<std::string>& flags : std::vector<std::vector<std::string>>{
           {"--to", "mixed"}, {"--to", "int8", "--max-drop", "1"}}) {
    const Ran ran = Quantize(flags);
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    EXPECT_NE(ran.err.find("counts right answers"), std::string::npos) << ran.err;
    EXPECT_FALSE(Written());
  }
  EXPECT_EQ(Quantize({"--to", "int8"}).exit_code, 0);
}

TEST_F(QuantizeBudget, NeedsSomethingToMeasureOn) {
  Ran ran = RunProgram({"quantize", model_, "-o", written_, "--to", "float16", "--max-drop", "1"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.err.find("--validate"), std::string::npos) << ran.err;
  ran = RunProgram({"quantize", model_, "-o", written_, "--to", "float16", "--max-drop", "1",
                    "--validate", validation_});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_TRUE(Written());
}

}  // namespace
}  // namespace goldcrest::cli
