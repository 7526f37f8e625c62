#include "pipeline/features.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/file.h"
#include "pipeline/feature_source.h"
#include "support/picture_files.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

using testing::TemporaryFolder;

class FeaturesTest : public ::testing::Test {
 protected:
  static constexpr int kCount = 6;

  void SetUp() override {
    for (const char* name : {"a", "b"}) std::filesystem::create_directories(folder_.File(name));
    for (int i = 0; i < kCount; ++i) {
      folder_.Write(base::Cat(i % 2 == 0 ? "a/" : "b/", i, ".jpg"),
                    testing::MakeJpeg(9, 9, false, testing::Noise(static_cast<uint64_t>(i))));
    }
    base_ = testing::MustParse(R"(
      input %0 "x": float32[-1, 8, 8, 3]
      %1 "features": float32[-1, 3] = mean(%0) axes=[1, 2]
      output %1)");
    base_.metadata.input_contract.emplace();
    base_.metadata.input_contract->width = base_.metadata.input_contract->height = 8;
    base_.metadata.input_contract->normalization.kind = tensor::NormalizationKind::kTf;
    Open();
  }

  void Open() {
    base::ThreadPool pool(1);
    auto data = OpenTrainingData({.data = folder_.File("."), .validation_share = 0}, pool);
    ASSERT_TRUE(data) << data.error().ToString();
    data_ = *std::move(data);
  }

  FeatureOptions Options() const { return {.cache_folder = cache_.File("features"), .threads = 2}; }
  FeatureOptions Changed(int64_t variants) const {
    FeatureOptions options = Options();
    options.augmentation = *augment::ParsePolicy("flip,crop:0.3,jitter:0.4");
    options.variants = variants;
    return options;
  }

  Features MustCompute(const FeatureOptions& options) const {
    auto features = ComputeFeatures(base_, data_.training, options, [](double) {});
    EXPECT_TRUE(features) << features.error().ToString();
    return *std::move(features);
  }

  static std::vector<float> Row(const Features& features, int64_t picture, int64_t variant = 0) {
    std::vector<float> row(3);
    EXPECT_TRUE(features.Read(picture, variant, row));
    return row;
  }

  TemporaryFolder folder_, cache_;
  graph::Graph base_;
  TrainingData data_;
};

TEST_F(FeaturesTest, AreComputedOnceAndReadFromTheCache) {
  const Features first = MustCompute(Options());
  EXPECT_EQ(first.computed, kCount);
  // A new picture is computed, the others are there.
  folder_.Write("a/new.jpg", testing::MakeJpeg(9, 9, false, testing::Noise(77)));
  Open();
  const Features second = MustCompute(Options());
  EXPECT_EQ(second.computed, 1);
  EXPECT_EQ(std::ssize(second.labels), kCount + 1);
  const Features third = MustCompute(Options());
  EXPECT_EQ(third.computed, 0);
  const Features fresh = MustCompute({.threads = 1});
  EXPECT_EQ(fresh.computed, kCount + 1);
  for (int64_t i = 0; i <= kCount; ++i) {
    EXPECT_EQ(Row(third, i), Row(second, i)) << i;
    EXPECT_EQ(Row(fresh, i), Row(second, i)) << i;
  }
}

TEST_F(FeaturesTest, HaveVariantsThatDifferAndStay) {
  const Features first = MustCompute(Changed(5));
  EXPECT_EQ(first.computed, kCount * 5);
  EXPECT_EQ(first.pictures_computed, kCount);
  for (int64_t i = 0; i < kCount; ++i) {
    std::set<std::vector<float>> rows;
    for (int64_t v = 0; v < 5; ++v) rows.insert(Row(first, i, v));
    EXPECT_EQ(rows.size(), 5U);
  }
  // More of them, and the same pictures in another order.
  std::ranges::reverse(data_.training);
  const Features more = MustCompute(Changed(7));
  EXPECT_EQ(more.computed, kCount * 2);
  EXPECT_EQ(more.pictures_computed, kCount);
  EXPECT_EQ(MustCompute(Changed(7)).pictures_computed, 0);
  for (int64_t v = 0; v < 5; ++v) EXPECT_EQ(Row(more, kCount - 1, v), Row(first, 0, v));
  FeatureOptions other = Changed(5);
  other.seed = 1;
  EXPECT_EQ(MustCompute(other).computed, kCount * 5);
  EXPECT_EQ(MustCompute(Options()).computed, kCount);
}

TEST_F(FeaturesTest, EpochsTakeVariantsInTurn) {
  Features features = MustCompute(Changed(3));
  std::vector<std::set<std::vector<float>>> all(kCount);
  for (int64_t i = 0; i < kCount; ++i) {
    for (int64_t v = 0; v < 3; ++v) all[static_cast<size_t>(i)].insert(Row(features, i, v));
  }
  FeatureSource source(std::move(features));
  std::vector<std::set<std::vector<float>>> seen(kCount);
  for (int64_t epoch = 1; epoch <= 3; ++epoch) {
    for (int64_t i = 0; i < kCount; ++i) {
      std::vector<float> row(3);
      train::Target target;
      ASSERT_TRUE(source.Fill(std::span(&i, 1), epoch, row, std::span(&target, 1)));
      seen[static_cast<size_t>(i)].insert(row);
    }
  }
  EXPECT_EQ(seen, all);
}

TEST_F(FeaturesTest, ADamagedCacheCountsAsEmpty) {
  const Features whole = MustCompute(Options());
  for (const auto& entry : std::filesystem::directory_iterator(cache_.File("features"))) {
    std::filesystem::resize_file(entry, entry.file_size() - 1);
  }
  const Features again = MustCompute(Options());
  EXPECT_EQ(again.computed, kCount);
  for (int64_t i = 0; i < kCount; ++i) EXPECT_EQ(Row(again, i), Row(whole, i));
  EXPECT_EQ(MustCompute(Options()).computed, 0);
}

}  // namespace
}  // namespace goldcrest::pipeline
