// train, as a user runs it, on drawn pictures.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/program.h"
#include "cli/train_fixture.h"
#include "pipeline/model_file.h"
#include "tensor/precision.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Disc;
using testing::Ran;
using testing::RunProgram;

using Train = testing::TrainFixture;

TEST_F(Train, AHeadLearnsFromCachedFeatures) {
  const std::vector<std::string> flags = {"--from",          start_, "--epochs", "60",
                                          "--learning-rate", "0.01"};
  const json first = MustTrain("first.keras", flags);
  EXPECT_EQ(first["classes"], json({"blue", "green", "red"}));
  EXPECT_EQ(first["training_pictures"], 48);
  EXPECT_EQ(first["validation_pictures"], 12);
  EXPECT_EQ(first["features_computed"], 60);
  EXPECT_GE(first["epochs"].back()["accuracy"], 70);
  // The second time nothing is computed, and the same is learned.
  const json second = MustTrain("second.keras", flags);
  EXPECT_EQ(second["features_computed"], 0);
  EXPECT_EQ(Bytes("first.keras"), Bytes("second.keras"));
}

TEST_F(Train, AHeadLearnsFromVariantsAndIsTested) {
  const std::vector<std::string> flags = {"--from",       start_,    "--epochs",   "6",
                                          "--augment",    "default", "--variants", "3",
                                          "--test-split", "0.2"};
  const json first = MustTrain("first.keras", flags);
  EXPECT_EQ(first["training_pictures"], 36);
  EXPECT_EQ(first["test_pictures"], 12);
  EXPECT_EQ(first["features_computed"], 36 + 12 + 12);  // pictures, not variants
  EXPECT_GE(first["test_accuracy"], 0);
  EXPECT_EQ(MustTrain("second.keras", flags)["features_computed"], 0);
  EXPECT_EQ(Bytes("first.keras"), Bytes("second.keras"));
}

TEST_F(Train, TheTestIsToldWithoutValidationToo) {
  const Ran ran = RunProgram({"train", folder_.File("data"), "--from", start_, "--no-cache", "-o",
                              folder_.File("model.keras"), "--epochs", "1", "--validation-split",
                              "0", "--test-split", "0.2", "--html", folder_.File("page.html")});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.out.find("test accuracy"), std::string::npos) << ran.out;
  EXPECT_NE(Bytes("page.html").find("test accuracy"), std::string::npos);
}

TEST_F(Train, TheFrozenBaseStaysAsItWas) {
  MustTrain("head.keras", {"--from", start_, "--epochs", "2", "--head", "dense:8,dropout:0.2"});
  auto before = pipeline::ReadModel(start_);
  auto after = pipeline::ReadModel(folder_.File("head.keras"));
  ASSERT_TRUE(before);
  ASSERT_TRUE(after);
  size_t compared = 0;
  for (const graph::Value& value : before->values) {
    const auto same = std::ranges::find(after->values, value.name, &graph::Value::name);
    if (!value.constant || same == after->values.end()) continue;
    ASSERT_TRUE(same->constant);
    EXPECT_TRUE(std::ranges::equal(value.constant->bytes(), same->constant->bytes())) << value.name;
    ++compared;
  }
  EXPECT_EQ(compared, 27U * 5);  // filters and four vectors of each of 27 layers
}

TEST_F(Train, WhatIsWrittenScoresWhatWasReported) {
  const std::string judged = folder_.File("judged");
  for (const char* name : {"red", "green", "blue"}) {
    std::filesystem::create_directories(judged + "/" + name);
    for (int64_t i = 0; i < 5; ++i) {
      const std::string file = base::Cat("/", name, "/", i, ".jpg");
      std::filesystem::rename(folder_.File("data") + file, judged + file);
    }
  }
  const json report =
      MustTrain("model.keras", {"--from", start_, "--validation", judged, "--epochs", "10"});
  EXPECT_EQ(report["validation_pictures"], 15);
  const Ran evaluated =
      RunProgram({"evaluate", folder_.File("model.keras"), "--data", judged, "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_DOUBLE_EQ(json::parse(evaluated.out)["top1"], report["validation_accuracy"]);
}

TEST_F(Train, AllLayersLearnTheSameWithAnyThreads) {
  const std::vector<std::string> flags = {"--from",    start_,   "--fine-tune", "all",
                                          "--epochs",  "12",     "--batch",     "16",
                                          "--augment", "default"};
  std::vector<std::string> one = flags;
  one.insert(one.end(), {"--threads", "1"});
  std::vector<std::string> three = flags;
  three.insert(three.end(), {"--threads", "3"});
  const json report = MustTrain("one.keras", one);
  MustTrain("three.keras", three);
  EXPECT_EQ(Bytes("one.keras"), Bytes("three.keras"));
  EXPECT_LT(report["epochs"].back()["loss"], report["epochs"].front()["loss"]);
  EXPECT_GT(report["learned_parameters"], 200000);
}

TEST_F(Train, InBfloat16LearnsTheSameWithAnyThreads) {
  std::vector<std::string> flags = {"--from",   start_, "--fine-tune", "all",
                                    "--epochs", "12",   "--batch",     "16"};
  const json exact = MustTrain("exact.keras", flags);
  const auto isa = base::AllowedIsa();
  ASSERT_TRUE(isa);
  flags.insert(flags.end(), {"--precision", "bf16", "--threads", "1"});
  if (!tensor::Has(*isa, tensor::Precision::kBfloat16)) {
    const Ran ran = RunProgram(Command("one.keras", flags));
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_NE(ran.err.find("bf16 needs avx512bf16"), std::string::npos) << ran.err;
    return;
  }
  const json report = MustTrain("one.keras", flags);
  flags.back() = "3";
  MustTrain("three.keras", flags);
  EXPECT_EQ(Bytes("one.keras"), Bytes("three.keras"));
  EXPECT_NE(Bytes("one.keras"), Bytes("exact.keras"));
  const double first = exact["epochs"].front()["loss"];
  EXPECT_NEAR(report["epochs"].front()["loss"], first, 0.05 * first);
  EXPECT_LT(report["epochs"].back()["loss"], 0.7 * first);
}

TEST_F(Train, TheLastLayersOfATrainedModelKeepTheirHead) {
  MustTrain("head.keras", {"--from", start_, "--epochs", "5"});
  const json report = MustTrain(
      "tuned.tflite", {"--from", folder_.File("head.keras"), "--fine-tune", "8", "--epochs", "2"});
  EXPECT_LT(report["learned_parameters"], report["parameters"]);
  const Ran classified = RunProgram(
      {"classify", folder_.File("tuned.tflite"), folder_.File("data/red/0.jpg"), "--json"});
  ASSERT_EQ(classified.exit_code, 0) << classified.err;
  EXPECT_TRUE(json::parse(classified.out)["top"][0]["label"].is_string());
}

TEST_F(Train, AnEmptyClassIsTold) {
  std::filesystem::create_directories(folder_.File("data/violet"));
  const Ran ran = RunProgram(Command("model.keras", {"--from", start_, "--epochs", "1"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("violet: it is no class"), std::string::npos) << ran.err;
}

TEST_F(Train, FromScratch) {
  const json report = MustTrain("scratch.h5", {"--architecture", "mobilenet_v2", "--alpha", "0.35",
                                               "--input", "32", "--epochs", "2", "--batch", "8"});
  EXPECT_EQ(report["learned_parameters"].get<int64_t>() > 300000, true);
  EXPECT_TRUE(pipeline::ReadModel(folder_.File("scratch.h5")));
}

TEST_F(Train, BadPicturesAreSkippedAndTold) {
  folder_.Write("data/red/broken.jpg", Disc(0, 1).substr(0, 300));
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{}, std::vector<std::string>{"--fine-tune", "8"}}) {
    std::vector<std::string> flags = {"--from", start_, "--epochs", "1"};
    flags.insert(flags.end(), how.begin(), how.end());
    const json report = MustTrain("model.keras", flags);
    ASSERT_EQ(report["unreadable"].size(), 1U) << report;
    EXPECT_NE(report["unreadable"][0].get<std::string>().find("broken.jpg"), std::string::npos);
  }
}

TEST_F(Train, FastDecodingIsOfWhatIsLearnedFromOnly) {
  const std::vector<std::string> head = {"--from", start_, "--epochs", "3"};
  std::vector<std::string> fast_head = head;
  fast_head.insert(fast_head.end(), {"--decode", "fast"});
  EXPECT_EQ(MustTrain("exact.keras", head)["features_computed"], 60);
  // The 12 that are judged are those of before; the 48 others are not.
  EXPECT_EQ(MustTrain("fast.keras", fast_head)["features_computed"], 48);
  EXPECT_EQ(MustTrain("again.keras", fast_head)["features_computed"], 0);
  EXPECT_NE(Bytes("exact.keras"), Bytes("fast.keras"));
  EXPECT_EQ(Bytes("fast.keras"), Bytes("again.keras"));
  const std::vector<std::string> all = {"--from", start_, "--fine-tune", "all", "--epochs", "1"};
  std::vector<std::string> fast_all = all;
  fast_all.insert(fast_all.end(), {"--decode", "fast"});
  MustTrain("exact.keras", all);
  MustTrain("fast.keras", fast_all);
  EXPECT_NE(Bytes("exact.keras"), Bytes("fast.keras"));
}

TEST_F(Train, GoesOnWithoutTheCacheThatNobodyNamed) {
  const std::string file = folder_.Write("file", "");
  std::filesystem::create_directory_symlink("/proc", folder_.File("goldcrest"));
  const std::vector<std::vector<std::string>> places = {
      {"-u", "XDG_CACHE_HOME", "-u", "HOME"},
      {"-u", "XDG_CACHE_HOME", "HOME=" + file},
      {"XDG_CACHE_HOME=" + folder_.File("")},  // in which no file can be made
  };
  for (const std::vector<std::string>& place : places) {
    std::vector<std::string> command = {"env"};
    command.insert(command.end(), place.begin(), place.end());
    command.insert(command.end(),
                   {GOLDCREST_PROGRAM, "train", folder_.File("data"), "--from", start_, "-o",
                    folder_.File("x.keras"), "--epochs", "1", "--json"});
    const Ran ran = testing::RunCommand(command);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(json::parse(ran.out)["features_computed"], 60);
    const size_t note = ran.err.find("note: features are not kept for the next run: ");
    ASSERT_NE(note, std::string::npos) << ran.err;
    EXPECT_EQ(ran.err.find("not kept", note + 30), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("--cache", note), std::string::npos) << ran.err;
  }
}

TEST_F(Train, ACacheThatIsNamedMustBeWritable) {
  for (const std::string& cache : {folder_.Write("file", "") + "/cache", std::string("/proc")}) {
    const Ran ran = RunProgram({"train", folder_.File("data"), "--from", start_, "-o",
                                folder_.File("x.keras"), "--cache", cache});
    EXPECT_EQ(ran.exit_code, 1) << ran.err;
    EXPECT_NE(ran.err.find("the folder " + cache), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("--no-cache"), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(folder_.File("x.keras")));
  }
}

// A list of the drawn pictures, whose classes have these labels.
std::string ListOf(const testing::TemporaryFolder& folder, const std::vector<std::string>& labels) {
  const std::vector<std::string> names = {"red", "green", "blue"};
  std::string list;
  for (size_t i = 0; i < labels.size(); ++i) {
    for (int picture = 0; picture < 5; ++picture) {
      list += base::Cat("data/", names[i], "/", picture, ".jpg,", labels[i], "\n");
    }
  }
  return folder.Write("list.csv", list);
}

TEST_F(Train, NumbersWithoutPicturesAreTold) {
  auto warnings = [&](const std::vector<std::string>& labels) {
    const Ran ran = RunProgram({"train", ListOf(folder_, labels), "--from", start_, "-o",
                                folder_.File("x.keras"), "--no-cache", "--epochs", "1", "--json"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return json::parse(ran.out)["warnings"];
  };
  EXPECT_EQ(warnings({"0", "1", "3"}),
            json({"the classes are numbers, of which no picture has 2; the model's outputs are "
                  "counted without them: output 2 is the class '3'"}));
  EXPECT_EQ(warnings({"1", "3", "9223372036854775807"}),
            json({"the classes are numbers, of which no picture has 2, 4, 5 and "
                  "9223372036854775801 more; the model's outputs are counted without them: output "
                  "1 is the class '3'"}));
  EXPECT_EQ(warnings({"1", "2", "3"}), json::array());
  EXPECT_EQ(warnings({"1", "3", "5b"}), json::array());
}

TEST_F(Train, RefusesWhatCannotBe) {
  struct Case {
    std::vector<std::string> flags;
    std::string said;
    int code;
  };
  std::filesystem::create_directories(folder_.File("one/only"));
  folder_.Write("one/only/a.jpg", Disc(0, 0));
  std::filesystem::create_directories(folder_.File("data/empty"));
  const std::string data = folder_.File("data");
  const std::vector<Case> cases = {
      {{data, "-o", folder_.File("x.keras")}, "--from", 2},
      {{data, "--from", start_}, "-o", 2},
      {{data, "--from", start_, "-o", folder_.File("x.pt")}, "format", 2},
      {{data, "--from", start_, "-o", folder_.File("none/x.keras")}, "none", 1},
      {{folder_.File("one"), "--from", start_, "-o", folder_.File("x.keras")}, "only the class", 1},
      {{folder_.File("nothing"), "--from", start_, "-o", folder_.File("x.keras")}, "nothing", 1},
      {{data, "--from", start_, "-o", folder_.File("x.keras"), "--head", "dense:0"}, "dense", 2},
      {{data, "--from", start_, "-o", folder_.File("x.keras"), "--augment", "mixup"},
       "--fine-tune",
       2},
      {{data, "--from", start_, "-o", folder_.File("x.keras"), "--decode", "quick"}, "--decode", 2},
      {{data, "--from", start_, "-o", folder_.File("x.keras"), "--fine-tune", "0"},
       "--fine-tune",
       2},
      {{data, "--from", start_, "-o", folder_.File("x.keras"), "--fine-tune", "all", "--optimizer",
        "sgd", "--learning-rate", "1e38", "--epochs", "3", "--batch-norm", "frozen"},
       "--learning-rate",
       1},
      {{data, "-o", folder_.File("x.keras"), "--architecture", "mobilenet_v1", "--alpha", "0.25",
        "--input", "32", "--optimizer", "sgd", "--learning-rate", "1e30", "--epochs", "3"},
       "a parameter became infinite in epoch 1; choose a smaller --learning-rate",
       1},
  };
  for (const Case& c : cases) {
    std::vector<std::string> command = {"train", "--no-cache"};
    command.insert(command.end(), c.flags.begin(), c.flags.end());
    const Ran ran = RunProgram(command);
    EXPECT_EQ(ran.exit_code, c.code) << c.said << ": " << ran.err;
    EXPECT_NE(ran.err.find(c.said), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(folder_.File("x.keras"))) << c.said;
  }
}

}  // namespace
}  // namespace goldcrest::cli
