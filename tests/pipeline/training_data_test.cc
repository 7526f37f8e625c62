#include "pipeline/training_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "support/counting_allocator.h"
#include "support/picture_files.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

using testing::TemporaryFolder;

// So many pictures of each of two classes; `from` tells one set's contents from another's.
void WritePictures(const TemporaryFolder& folder, const std::string& at, int from, int count) {
  for (const char* name : {"cats", "dogs"}) {
    std::filesystem::create_directories(folder.File(at + "/" + name));
    for (int i = 0; i < count; ++i) {
      folder.Write(base::Cat(at, "/", name, "/", i, ".jpg"),
                   testing::MakeJpeg(
                       8, 8, false,
                       testing::Noise(static_cast<uint64_t>((from + i) * 2 + (name[0] == 'd')))));
    }
  }
}

std::set<data::ContentHash> Contents(const std::vector<TrainingSample>& samples) {
  std::set<data::ContentHash> contents;
  for (const TrainingSample& sample : samples) contents.insert(sample.hash());
  return contents;
}

TEST(TrainingData, IsPartedInThreeByClassAndSeed) {
  TemporaryFolder folder;
  WritePictures(folder, "data", 0, 20);
  // A copy under another name stays with its twin.
  std::filesystem::copy_file(folder.File("data/cats/3.jpg"), folder.File("data/cats/copy.jpg"));
  base::ThreadPool pool(2);
  std::set<std::set<data::ContentHash>> tests;
  for (uint64_t seed = 0; seed < 4; ++seed) {
    const TrainingDataOptions options{
        .data = folder.File("data"), .validation_share = 0.2, .test_share = 0.1, .seed = seed};
    auto data = OpenTrainingData(options, pool);
    ASSERT_TRUE(data) << data.error().ToString();
    EXPECT_EQ(data->training.size() + data->validation.size() + data->test.size(), 41U);
    const std::set<data::ContentHash> validation = Contents(data->validation);
    const std::set<data::ContentHash> test = Contents(data->test);
    EXPECT_EQ(validation.size(), 8U);
    EXPECT_EQ(test.size(), 4U);
    for (const TrainingSample& sample : data->training) {
      EXPECT_FALSE(validation.contains(sample.hash()) || test.contains(sample.hash()));
    }
    for (const data::ContentHash& hash : validation) EXPECT_FALSE(test.contains(hash));
    for (int64_t label : {0, 1}) {
      EXPECT_GE(std::ranges::count(data->test, label, &TrainingSample::label), 2);
    }
    // What is judged by does not depend on the test.
    TrainingDataOptions without = options;
    without.test_share = 0;
    auto two = OpenTrainingData(without, pool);
    ASSERT_TRUE(two);
    EXPECT_EQ(Contents(two->validation), validation);
    EXPECT_TRUE(two->test.empty());
    tests.insert(test);
  }
  EXPECT_GT(tests.size(), 1U);
}

TEST(TrainingData, EachPartHasOneOfEachClassAsLongAsThereAreThree) {
  TemporaryFolder folder;
  WritePictures(folder, "data", 0, 3);
  base::ThreadPool pool(1);
  for (const double share : {0.01, 0.9}) {
    auto data = OpenTrainingData(
        {.data = folder.File("data"), .validation_share = 0.1, .test_share = share}, pool);
    ASSERT_TRUE(data) << data.error().ToString();
    EXPECT_EQ(data->training.size(), 2U);
    EXPECT_EQ(data->validation.size(), 2U);
    EXPECT_EQ(data->test.size(), 2U);
  }
}

TEST(TrainingData, FoldersSayWhatTheyAreFor) {
  TemporaryFolder folder;
  WritePictures(folder, "both/train", 0, 5);
  WritePictures(folder, "both/test", 10, 2);
  WritePictures(folder, "three/training", 0, 5);
  WritePictures(folder, "three/val", 10, 2);
  WritePictures(folder, "three/test", 20, 3);
  base::ThreadPool pool(1);
  auto both = OpenTrainingData({.data = folder.File("both")}, pool);
  ASSERT_TRUE(both) << both.error().ToString();
  EXPECT_EQ(both->validation.size(), 4U);
  EXPECT_EQ(both->test.size(), 0U);
  auto three = OpenTrainingData({.data = folder.File("three")}, pool);
  ASSERT_TRUE(three) << three.error().ToString();
  EXPECT_EQ(three->training.size(), 10U);
  EXPECT_EQ(three->validation.size(), 4U);
  EXPECT_EQ(three->test.size(), 6U);
}

TEST(TrainingData, NoPictureIsOnTwoSides) {
  TemporaryFolder folder;
  WritePictures(folder, "data/train", 0, 6);
  WritePictures(folder, "data/validation", 4, 4);  // two of each class are learned from too
  WritePictures(folder, "test", 7, 3);             // one is judged by too
  base::ThreadPool pool(1);
  auto data = OpenTrainingData({.data = folder.File("data"), .test = folder.File("test")}, pool);
  ASSERT_TRUE(data) << data.error().ToString();
  EXPECT_EQ(data->training.size(), 8U);
  EXPECT_EQ(data->validation.size(), 6U);
  EXPECT_EQ(data->test.size(), 6U);
  EXPECT_EQ(data->warnings.size(), 2U);
}

#if !GOLDCREST_SANITIZED  // whose memory would be measured
TEST(TrainingData, APictureMoreTakesFewBytes) {
  TemporaryFolder folder;
  WritePictures(folder, "data", 0, 1);
  base::ThreadPool pool(1);
  auto live = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      for (const std::string at : {"data/cats/", "data/dogs/"}) {
        std::filesystem::create_hard_link(folder.File(at + "0.jpg"),
                                          folder.File(base::Cat(at, i, ".jpg")));
      }
    }
    const int64_t before = testing::LiveBytes();
    auto data = OpenTrainingData({.data = folder.File("data")}, pool);
    EXPECT_TRUE(data) << data.error().ToString();
    EXPECT_EQ(std::ssize(data->training), to * 2);
    const int64_t with_hashes = testing::LiveBytes() - before;
    data->ForgetHashes();
    return std::pair(with_hashes, testing::LiveBytes() - before);
  };
  const auto few = live(1, 500);
  const auto many = live(500, 3000);
  EXPECT_LT(many.first - few.first, 5000 * 56);
  EXPECT_LT(many.second - few.second, 5000 * 40);
}
#endif

}  // namespace
}  // namespace goldcrest::pipeline
