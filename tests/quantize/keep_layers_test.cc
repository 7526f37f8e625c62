#include "quantize/keep_layers.h"

#include <gtest/gtest.h>

#include "support/random.h"

namespace goldcrest::quantize {
namespace {

using tensor::DType;

std::vector<Candidate> TenLayers() {
  std::vector<Candidate> worst;
  for (size_t i = 0; i < 10; ++i) {
    worst.push_back({.node = 100 - i, .dtype = i % 2 == 0 ? DType::kInt16 : DType::kFloat32});
  }
  return worst;
}

TEST(KeepFewLayers, AreTheFewestThatAreEnough) {
  const std::vector<Candidate> worst = TenLayers();
  for (size_t needed = 1; needed <= worst.size(); ++needed) {
    KeptLayers last_good;
    int trials = 0;
    auto kept = KeepFewLayers(worst, [&](const KeptLayers& layers) -> Result<bool> {
      ++trials;
      if (layers.size() >= needed) last_good = layers;
      return layers.size() >= needed;
    });
    ASSERT_TRUE(kept);
    ASSERT_TRUE(*kept);
    EXPECT_EQ((*kept)->size(), needed);
    EXPECT_EQ(**kept, last_good);
    EXPECT_LE(trials, 5);
    for (const auto& [node, dtype] : **kept) {
      EXPECT_GT(node, 100 - needed);
      EXPECT_EQ(dtype, node % 2 == 0 ? DType::kInt16 : DType::kFloat32);
    }
  }
}

TEST(KeepFewLayers, AreFloatWhereWiderIntegersAreNotEnough) {
  std::vector<Candidate> worst = TenLayers();
  worst[2].can_be_float = false;
  auto kept = KeepFewLayers(worst, [&](const KeptLayers& layers) -> Result<bool> {
    const bool floats = std::ranges::all_of(layers, [](const auto& layer) {
      return layer.second == DType::kFloat32 || layer.first == 98;
    });
    return floats && layers.size() >= 4;
  });
  ASSERT_TRUE(kept);
  ASSERT_TRUE(*kept);
  EXPECT_EQ((*kept)->size(), 4U);
  EXPECT_EQ((*kept)->at(98), DType::kInt16);
}

TEST(KeepFewLayers, LeaveAtLeastOneLayerQuantized) {
  const std::vector<Candidate> worst = TenLayers();
  auto kept = KeepFewLayers(worst, [&](const KeptLayers& layers) -> Result<bool> {
    const bool all_floats = std::ranges::all_of(
        layers, [](const auto& layer) { return layer.second == DType::kFloat32; });
    return all_floats && layers.size() == worst.size();
  });
  ASSERT_TRUE(kept);
  EXPECT_FALSE(*kept);
  kept = KeepFewLayers({}, [](const KeptLayers&) -> Result<bool> { return true; });
  ASSERT_TRUE(kept);
  EXPECT_FALSE(*kept);
}

TEST(KeepFewLayers, PassErrorsOn) {
  auto kept = KeepFewLayers(TenLayers(), [](const KeptLayers&) -> Result<bool> {
    return Fail(ErrorCode::kLimit, "no memory");
  });
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().message, "no memory");
}

}  // namespace
}  // namespace goldcrest::quantize
