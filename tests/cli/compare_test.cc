// compare as a user calls it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "cli/program.h"
#include "support/picture_files.h"
#include "support/random.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::RunProgram;
using testing::SharedFile;
using testing::TemporaryFolder;

json MustCompare(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "compare");
  arguments.insert(arguments.end(), {"--runs", "6", "--rounds", "6", "--json"});
  const Ran ran = RunProgram(arguments);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 1);
  return json::parse(ran.out, nullptr, false);
}

class CompareCommand : public ::testing::Test {
 protected:
  // A MobileNet of random weights.
  std::string MakeModel(const std::string& name, const std::string& labels, int classes,
                        int seed = 1) const {
    std::vector<std::string> command = {"convert",
                                        "--architecture",
                                        "mobilenet_v1",
                                        "--alpha",
                                        "0.25",
                                        "--size",
                                        "32",
                                        "--weights",
                                        "random",
                                        "--classes",
                                        base::Cat(classes),
                                        "--seed",
                                        base::Cat(seed),
                                        "-o",
                                        folder_.File(name)};
    if (!labels.empty()) {
      command.insert(command.end(), {"--labels", folder_.Write("labels.txt", labels)});
    }
    const Ran ran = RunProgram(command);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return folder_.File(name);
  }

  // Noisy pictures of three classes.
  std::string DrawPictures() const {
    int64_t seed = 0;
    for (const char* name : {"red", "green", "blue"}) {
      std::filesystem::create_directories(folder_.File(base::Cat("data/", name)));
      for (int64_t i = 0; i < 8; ++i) {
        testing::Random random(static_cast<uint64_t>(++seed));
        folder_.Write(base::Cat("data/", name, "/", i, ".jpg"),
                      testing::MakeJpeg(40, 40, false, [&](int, std::span<uint8_t> to) {
                        for (uint8_t& x : to) x = static_cast<uint8_t>(random.Integer(0, 255));
                      }));
      }
    }
    return folder_.File("data");
  }

  TemporaryFolder folder_;
};

TEST_F(CompareCommand, ShowsBothSideBySide) {
  const std::string before = MakeModel("narrow.tflite", "", 3);
  const std::string after = MakeModel("more.keras", "", 300);
  const Ran ran = RunProgram({"compare", before, after, "--num_threads=2", "--num_runs=6"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  for (const char* row : {"\nfile ", "\nweights ", "\nparameters ", "\nmultiply-adds ",
                          "\noperators ", "\narena ", "\npeak memory ", "\nrun ms, min ",
                          "\nrun ms, median ", "\nspeed  ", "2 threads", "(Keras .keras, "}) {
    EXPECT_NE(ran.out.find(row), std::string::npos) << row << "\n" << ran.out;
  }
  EXPECT_NE(ran.out.find("median of 6 rounds"), std::string::npos) << ran.out;
  // Most weights of so small a network are in its classifier.
  EXPECT_NE(ran.out.find("more classes, or more features to tell them by, cost this"),
            std::string::npos)
      << ran.out;
}

TEST_F(CompareCommand, JsonHasEveryLayerOfBoth) {
  const std::string before = MakeModel("a.tflite", "", 3);
  const json report = MustCompare({before, MakeModel("b.tflite", "", 5)});
  EXPECT_EQ(report["before"]["model"], before);
  EXPECT_EQ(report["before"]["file_bytes"], std::filesystem::file_size(before));
  EXPECT_EQ(
      report["after"]["parameters"].get<int64_t>() - report["before"]["parameters"].get<int64_t>(),
      2 * 257);
  for (const char* key : {"weight_bytes", "multiply_adds", "arena_bytes", "peak_rss_bytes",
                          "load_ms", "first_run_ms", "min_ms", "median_ms"}) {
    EXPECT_GT(report["after"][key], 0) << key;
  }
  EXPECT_EQ(report["after"]["runs"], 6);
  EXPECT_EQ(report["speed"]["rounds"], 6);
  EXPECT_EQ(report["layers"].size(), report["before"]["operators"]);
  for (const json& layer : report["layers"]) {
    EXPECT_EQ(layer["before"]["name"], layer["after"]["name"]);
  }
  EXPECT_FALSE(report.contains("evaluation"));
}

TEST_F(CompareCommand, AccuracyIsWhatEvaluateSays) {
  const std::string labels = "red\ngreen\nblue\n";
  const std::string before = MakeModel("a.tflite", labels, 3, 1);
  const std::string after = MakeModel("b.tflite", labels, 3, 2);
  const std::string data = DrawPictures();
  const json report = MustCompare({before, after, "--data", data, "--normalize", "tf"});
  const Ran ran =
      RunProgram({"evaluate", before, after, "--data", data, "--normalize", "tf", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const size_t line = ran.out.find('\n');
  ASSERT_EQ(report["evaluation"].size(), 2U);
  EXPECT_FALSE(report.contains("no_agreement"));
  for (size_t i = 0; i < 2; ++i) {
    const json expected =
        json::parse(i == 0 ? ran.out.substr(0, line) : ran.out.substr(line + 1), nullptr, false);
    for (const auto& [key, value] : report["evaluation"][i].items()) {
      EXPECT_EQ(value, expected[key]) << key;
    }
  }
  EXPECT_EQ(report["evaluation"][1]["pictures"], 24);
  for (const char* key : {"top1", "top1_low", "top5", "agreement", "kl", "p_value"}) {
    EXPECT_TRUE(report["evaluation"][1].contains(key)) << key;
  }
}

TEST_F(CompareCommand, OtherClassesHaveNoAgreement) {
  const std::string before = MakeModel("a.tflite", "red\ngreen\nblue\n", 3);
  const std::string data = DrawPictures();
  json report = MustCompare({before, MakeModel("b.tflite", "green\nred\nblue\n", 3), "--data", data,
                             "--normalize", "tf"});
  EXPECT_EQ(report["no_agreement"],
            "their labels differ: class 0 is 'red' of before and 'green' of after");
  ASSERT_EQ(report["evaluation"].size(), 2U);
  for (const json& figures : report["evaluation"]) {
    EXPECT_TRUE(figures.contains("top1"));
    EXPECT_FALSE(figures.contains("agreement"));
  }
  // Of other classes than the data's there is nothing to say.
  const std::string other = MakeModel("c.tflite", "a\nb\nc\nd\n", 4);
  const Ran ran = RunProgram(
      {"compare", before, other, "--data", data, "--normalize", "tf", "--runs", "6", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("no accuracy of " + other + " on this data: "), std::string::npos)
      << ran.err;
  report = json::parse(ran.out, nullptr, false);
  EXPECT_EQ(report["no_agreement"], "before tells 3 classes apart and after 4");
  ASSERT_EQ(report["evaluation"].size(), 1U);
  EXPECT_EQ(report["evaluation"][0]["model"], before);
}

TEST_F(CompareCommand, BadInputIsNamed) {
  const std::string good = MakeModel("a.tflite", "", 3);
  const std::string cut = folder_.Write("cut.tflite", testing::ReadAll(good).substr(0, 5000));
  auto expect_error = [](const std::vector<std::string>& arguments, int code,
                         const std::string& text) {
    std::vector<std::string> command = {"compare"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Ran ran = RunProgram(command);
    EXPECT_EQ(ran.exit_code, code) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find(text), std::string::npos) << ran.err;
  };
  expect_error({good, folder_.File("none.tflite")}, 1, "none.tflite › there is no such file");
  expect_error({good, cut}, 1, "reading " + cut + " › ");
  expect_error({good}, 2, "after is missing");
  expect_error({good, good, "--data", folder_.File("none")}, 1, "none › there is no such file");
  expect_error({good, good, "--input-shapes", "1,32,32"}, 2, "preparing " + good);
  expect_error({good, good, "--rounds", "0"}, 2, "--rounds");
}

// Two heads on the same base, learned from photographs.
TEST_F(CompareCommand, ANaiveDenseHeadIsToldApart) {
  REQUIRE_SHARED();
  auto train = [&](const std::string& name, const std::vector<std::string>& head) {
    std::vector<std::string> command = {
        "train",    SharedFile("images/transfer"),
        "--from",   SharedFile("models/keras_mobilenet_v1_025_224.h5"),
        "--epochs", "1",
        "--cache",  folder_.File("cache"),
        "-o",       folder_.File(name)};
    command.insert(command.end(), head.begin(), head.end());
    const Ran ran = RunProgram(command);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return folder_.File(name);
  };
  const json report =
      MustCompare({train("plain.tflite", {}), train("dense.tflite", {"--head", "dense:1024"}),
                   "--data", SharedFile("images/transfer/validation"), "--limit", "20"});
  EXPECT_EQ(
      report["after"]["parameters"].get<int64_t>() - report["before"]["parameters"].get<int64_t>(),
      257 * 1024 + 1025 * 2 - 257 * 2);
  std::vector<std::string> added;
  for (const json& layer : report["layers"]) {
    EXPECT_TRUE(layer.contains("after")) << layer;
    if (!layer.contains("before")) added.push_back(layer["after"]["weights"]);
  }
  EXPECT_EQ(added, std::vector<std::string>{"256 → 1024"});
  ASSERT_FALSE(report["findings"].empty());
  const std::string text = report["findings"][0]["text"];
  EXPECT_TRUE(
      text.starts_with("dense (fully_connected, 256 → 1024; new) adds 0.26 M parameters, "
                       "1.0 MB, 0.26 M multiply-adds, "))
      << text;
  const std::string remedy = report["findings"][0]["remedy"];
  EXPECT_NE(remedy.find("train without --head"), std::string::npos) << remedy;
  EXPECT_EQ(report["evaluation"][1]["pictures"], 20);
}

}  // namespace
}  // namespace goldcrest::cli
