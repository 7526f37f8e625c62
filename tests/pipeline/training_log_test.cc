#include "pipeline/training_log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/picture_files.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

using testing::TemporaryFolder;

train::EpochReport Epoch(int64_t epoch) {
  return {.epoch = epoch, .training = {0.5, 0.75}, .validation = train::Score{0.25, 0.875}};
}

// Paths in the folder, times and hosts left out.
std::vector<std::string> FilesOf(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::string name = std::filesystem::relative(entry.path(), folder).string();
    const size_t digits = name.find_first_of("0123456789");
    names.push_back(digits == std::string::npos ? name : name.substr(0, digits) + "*");
  }
  std::ranges::sort(names);
  return names;
}

TEST(TrainingLog, WritesNothingWithoutAFolder) {
  auto log = TrainingLog::Open({});
  ASSERT_TRUE(log);
  train::Parameters parameters;
  log->Epoch(Epoch(1), parameters);
  EXPECT_FALSE(log->failure());
}

TEST(TrainingLog, HasTheFoldersOfKeras) {
  const TemporaryFolder folder;
  auto log = TrainingLog::Open({.folder = folder.File("runs/1")});
  ASSERT_TRUE(log) << log.error().ToString();
  train::Parameters parameters;
  log->Epoch(Epoch(1), parameters);
  EXPECT_FALSE(log->failure());
  EXPECT_EQ(FilesOf(folder.File("runs/1")),
            (std::vector<std::string>{"log.csv", "train/events.out.tfevents.*",
                                      "validation/events.out.tfevents.*"}));
}

TEST(TrainingLog, ThreePicturesOfEachClass) {
  const TemporaryFolder folder;
  for (const std::string name : {"ant", "bee"}) {
    std::filesystem::create_directories(folder.File("data/" + name));
    for (int width = 9; width < 14; ++width) {
      const std::string path = base::Cat("data/", name, "/", name, width, ".png");
      folder.Write(path, testing::MakePng(width, 9, name == "ant" ? 2 : 0, 8, false));
    }
  }
  base::ThreadPool pool(1);
  const auto data = OpenTrainingData({.data = folder.File("data")}, pool);
  ASSERT_TRUE(data) << data.error().ToString();
  PictureSourceOptions options{.contract = {.width = 8, .height = 8}};
  options.augmentation.flip = true;
  for (const auto color : {tensor::ColorOrder::kRgb, tensor::ColorOrder::kGray}) {
    options.contract.color = color;
    const std::string run = folder.File(base::Cat("run", static_cast<int>(color)));
    auto log = TrainingLog::Open({.folder = run, .pictures = true});
    ASSERT_TRUE(log);
    log->Pictures(*data, options);
    ASSERT_FALSE(log->failure()) << log->failure()->ToString();
    const std::string file =
        testing::ReadAll(std::filesystem::directory_iterator(run + "/train")->path());
    EXPECT_NE(file.find("pictures/ant"), std::string::npos);
    EXPECT_NE(file.find("pictures/bee"), std::string::npos);
    size_t pngs = 0;
    for (size_t at = file.find("\x89PNG"); at != std::string::npos;
         at = file.find("\x89PNG", at + 1)) {
      ++pngs;
    }
    EXPECT_EQ(pngs, 6U);
  }
}

TEST(TrainingLog, AFolderThatGoesAwayEndsTheLogAndNothingElse) {
  const TemporaryFolder folder;
  auto log = TrainingLog::Open({.folder = folder.File("run")});
  ASSERT_TRUE(log);
  std::filesystem::remove_all(folder.File("run"));
  train::Parameters parameters;
  log->Epoch(Epoch(1), parameters);
  ASSERT_TRUE(log->failure());
  EXPECT_NE(log->failure()->message.find("run"), std::string::npos);
  log->Epoch(Epoch(2), parameters);
  EXPECT_FALSE(std::filesystem::exists(folder.File("run/log.csv")));
}

TEST(TrainingLog, AFileInTheWayIsAnErrorBeforeAnythingIsLearned) {
  const TemporaryFolder folder;
  const auto log = TrainingLog::Open({.folder = folder.Write("run", "")});
  ASSERT_FALSE(log);
  EXPECT_NE(log.error().ToString().find("--log"), std::string::npos) << log.error().ToString();
}

}  // namespace
}  // namespace goldcrest::pipeline
