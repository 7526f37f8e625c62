// benchmark --tune, and --tuning of the commands that run a model.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/program.h"
#include "support/shared.h"
#include "support/temporary.h"
#include "tensor/npy.h"

namespace goldcrest::cli {
namespace {

using nlohmann::ordered_json;
using testing::Ran;
using testing::RunProgram;

// Whether a line has this and, after it, that.
bool HasLine(const std::string& text, const std::string& before, const std::string& behind) {
  for (size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
    if (text.substr(at, text.find('\n', at) - at).ends_with(behind)) return true;
  }
  return false;
}

class TuningFlag : public ::testing::Test {
 protected:
  void SetUp() override {
    const Ran made = RunProgram({"convert", "--architecture", "mobilenet_v1", "--alpha", "0.25",
                                 "--size", "32", "--weights", "random", "-o", model_});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  // Tunes, and gives what was written.
  ordered_json Tune() const {
    const Ran ran = RunProgram({"benchmark", model_, "--tune", "-o", file_});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ordered_json::parse(testing::ReadAll(file_), nullptr, false);
  }
  void Write(const ordered_json& tuning) const { folder_.Write("tuning.json", tuning.dump()); }

  // Makes every layer take another of its rows, faster or not.
  static void TakeOthers(ordered_json& tuning) {
    for (ordered_json& layer : tuning["layers"]) {
      for (const auto& [kernel, us] : layer["us"].items()) {
        if (kernel != layer["default"]) layer["kernel"] = kernel;
      }
    }
  }

  std::string RunOnZeros(const std::vector<std::string>& more, std::string* said = nullptr) const {
    const auto input = tensor::Tensor::Create(tensor::DType::kFloat32, {1, 32, 32, 3});
    folder_.Write("x.npy", base::AsText(tensor::WriteNpy(input->view())));
    std::vector<std::string> arguments = {
        "run", model_, "--input", folder_.File("x.npy"), "--output", folder_.File("y.npy")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = RunProgram(arguments);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    if (said != nullptr) *said = ran.err;
    return testing::ReadAll(folder_.File("y.npy"));
  }

  testing::TemporaryFolder folder_;
  std::string model_ = folder_.File("model.tflite");
  std::string file_ = folder_.File("tuning.json");
};

TEST_F(TuningFlag, BenchmarkWritesWhatItMeasured) {
  const Ran ran = RunProgram({"benchmark", model_, "--tune", "-o", file_});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.out.find("what was measured is in " + file_ + ": --tuning " + file_ + " takes it"),
            std::string::npos)
      << ran.out;
  const auto tuning = ordered_json::parse(testing::ReadAll(file_), nullptr, false);
  EXPECT_EQ(tuning["goldcrest_tuning"], 1);
  EXPECT_EQ(tuning["threads"], 1);
  EXPECT_EQ(tuning["model"], model_);
  EXPECT_GT(tuning["default_ms"], 0);
  EXPECT_LE(tuning["tuned_ms"], tuning["default_ms"]);
  for (const ordered_json& layer : tuning["layers"]) {
    EXPECT_TRUE(layer["us"].contains(layer["kernel"].get<std::string>()));
    EXPECT_GT(layer["us"].size(), 1U);
  }
  const Ran as_json = RunProgram({"benchmark", model_, "--tune", "-o", file_, "--json"});
  ASSERT_EQ(as_json.exit_code, 0) << as_json.err;
  const auto printed = ordered_json::parse(as_json.out);
  EXPECT_EQ(printed["tuning"], file_);
  EXPECT_EQ(printed["layers"], tuning["layers"].size());
  EXPECT_LE(printed["layers_changed"], printed["layers"]);
}

TEST_F(TuningFlag, CommandsTakeTheKernels) {
  ordered_json tuning = Tune();
  if (tuning["layers"].empty()) GTEST_SKIP() << "this machine has one row of each table";
  const ordered_json& layer = tuning["layers"].front();
  const std::string standard = layer["default"];
  TakeOthers(tuning);
  Write(tuning);
  const Ran ran =
      RunProgram({"benchmark", model_, "--tuning", file_, "--runs", "3", "--profile", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  const std::string kernel = layer["kernel"];
  bool taken = false;
  const auto profile = ordered_json::parse(ran.out);
  for (const ordered_json& step : profile["steps"]) taken |= step["kernel"] == kernel;
  EXPECT_TRUE(taken) << kernel;

  const Ran explained = RunProgram({"inspect", model_, "--explain", "--tuning", file_});
  EXPECT_TRUE(HasLine(explained.out, standard, "slower, says the tuning")) << explained.out;
  std::string said;
  EXPECT_EQ(RunOnZeros({"--tuning", file_}, &said).size(), RunOnZeros({}).size());
  EXPECT_EQ(said, "");
}

TEST_F(TuningFlag, ClassifyAndEvaluateTakeIt) {
  REQUIRE_SHARED();
  ordered_json tuning = Tune();
  tuning["layers"].push_back({{"layer", "of another model"},
                              {"default", "conv_f32_reference"},
                              {"kernel", "conv_f32_9x9_cray"}});
  Write(tuning);
  std::filesystem::create_directory(folder_.File("data"));
  const std::string picture = testing::SharedFile("images/imagenet/000_n01440764.jpg");
  std::filesystem::copy(picture, folder_.File("data"));
  const std::vector<std::string> classify = {"classify", model_, picture, "--tuning", file_};
  const std::vector<std::string> evaluate = {
      "evaluate", model_,     "--data", folder_.File("data"), "--ignore-labels", "--threads",
      "2",        "--tuning", file_};
  for (const auto& command : {classify, evaluate}) {
    const Ran ran = RunProgram(command);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_NE(ran.err.find("note: " + file_ +
                           " names the kernel conv_f32_9x9_cray, which this version does not "
                           "have; the one chosen by rule takes its place: benchmark --tune "
                           "measures anew\n"),
              std::string::npos)
        << ran.err;
  }
}

TEST_F(TuningFlag, OfAnotherMachineIsNotedAndLeftAlone) {
  ordered_json tuning = Tune();
  const std::string processor = tuning["processor"];
  tuning["processor"] = "Z80";
  Write(tuning);
  std::string said;
  EXPECT_EQ(RunOnZeros({"--tuning", file_}, &said), RunOnZeros({}));
  EXPECT_TRUE(said.starts_with("note: " + file_ + " was made for Z80 (")) << said;
  EXPECT_NE(said.find("; this is " + processor + " ("), std::string::npos) << said;
  EXPECT_TRUE(said.ends_with("so kernels are chosen by rule: benchmark --tune measures them\n"))
      << said;
  tuning["processor"] = processor;
  Write(tuning);
  RunOnZeros({"--tuning", file_, "--threads", "2"}, &said);
  EXPECT_NE(said.find("1 thread, xnnpack, f32; this is"), std::string::npos) << said;
}

TEST_F(TuningFlag, KernelsThatCannotRunAreExplained) {
  ordered_json tuning = Tune();
  if (tuning["layers"].empty()) GTEST_SKIP() << "this machine has one row of each table";
  tuning["layers"][0]["kernel"] = "softmax_f32_reference";  // of another operator
  Write(tuning);
  const Ran ran = RunProgram({"inspect", model_, "--explain", "--tuning", file_});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_TRUE(HasLine(ran.out, "softmax_f32_reference",
                      "wanted by the tuning, but no kernel of this operator"))
      << ran.out;
}

TEST_F(TuningFlag, WhatCannotBeIsAnErrorWithARemedy) {
  const auto expect = [](const std::vector<std::string>& arguments, int exit_code,
                         const std::string& said) {
    const Ran ran = RunProgram(arguments);
    EXPECT_EQ(ran.exit_code, exit_code);
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  };
  const std::string damaged = folder_.Write("damaged.json", "{\"goldcrest_tuning\": 1");
  for (const char* command : {"benchmark", "inspect"}) {
    expect({command, model_, "--tuning", damaged}, 1,
           "reading " + damaged +
               " › it is no tuning: a JSON object with a member 'goldcrest_tuning' was expected; "
               "make one with goldcrest benchmark MODEL --tune -o FILE");
  }
  expect({"benchmark", model_, "--tuning", folder_.File("none.json")}, 1, "none.json");
  expect({"benchmark", model_, "--tune"}, 2, "--tune");
  expect({"benchmark", model_, "-o", file_}, 2, "--tune");
  expect({"benchmark", model_, "--tune", "-o", file_, "--profile"}, 2, "--profile");
  expect({"benchmark", model_, "--tune", "-o", file_, "--tuning", damaged}, 2, "--tuning");
  expect({"benchmark", model_, model_, "--tune", "-o", file_}, 2,
         "--tune measures one model; there are 2");
  expect({"benchmark", model_, "--tune", "-o", "/proc/none/t.json"}, 1, "/proc/none/t.json");
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace goldcrest::cli
