#include "pipeline/aligned_layers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "support/random.h"

namespace goldcrest::pipeline {
namespace {

using Layers = std::vector<LayerKey>;

LayerKey Conv(const std::string& name, int64_t channels) {
  return {name, "conv2d", {1, 8, 8, channels}};
}
LayerKey Dense(const std::string& name, int64_t units) {
  return {name, "fully_connected", {1, units}};
}
LayerKey Softmax(const std::string& name, int64_t units) { return {name, "softmax", {1, units}}; }

// "a=b -c +d": pairs, removed and added layers by name, in order.
std::string Align(const Layers& before, const Layers& after) {
  std::vector<std::string> words;
  for (const AlignedLayers& one : AlignLayers(before, after)) {
    if (!one.after) {
      words.push_back("-" + before[*one.before].name);
    } else if (!one.before) {
      words.push_back("+" + after[*one.after].name);
    } else {
      words.push_back(before[*one.before].name + "=" + after[*one.after].name);
    }
  }
  return base::Join(words, " ");
}

TEST(AlignLayers, ByNameWhereNamesAreEqual) {
  const Layers model = {Conv("a", 8), Conv("b", 8), Dense("c", 4)};
  EXPECT_EQ(Align(model, model), "a=a b=b c=c");
  EXPECT_EQ(Align(model, {Conv("b", 8), Dense("c", 4)}), "-a b=b c=c");
  EXPECT_EQ(Align({}, model), "+a +b +c");
  EXPECT_EQ(Align(model, {}), "-a -b -c");
  EXPECT_EQ(Align({}, {}), "");
}

TEST(AlignLayers, ByOperatorAndShapeWhereNamesDiffer) {
  EXPECT_EQ(Align({Conv("a", 8), Conv("b", 16), Dense("c", 4)},
                  {Conv("x/Relu6;x/conv", 8), Conv("y", 8), Conv("z", 16), Dense("w", 4)}),
            "+x/Relu6;x/conv a=y b=z c=w");
  // Nothing in common but the operators: by order.
  EXPECT_EQ(Align({Conv("a", 8), Dense("b", 4)}, {Conv("x", 4), Dense("y", 2)}), "a=x b=y");
  // Another operator is another layer, whatever its name and shape.
  EXPECT_EQ(Align({{"a", "mean", {1, 8}}}, {{"a", "average_pool2d", {1, 8}}}), "-a +a");
}

TEST(AlignLayers, ANewHiddenLayerIsOneThatWasAdded) {
  EXPECT_EQ(
      Align({Conv("conv", 8), Dense("logits", 2), Softmax("softmax", 2)},
            {Conv("conv", 8), Dense("dense", 1024), Dense("logits", 2), Softmax("softmax", 2)}),
      "conv=conv +dense logits=logits softmax=softmax");
  // Keras gives the first dense layer of either model the same name.
  EXPECT_EQ(Align({Conv("conv", 8), Dense("dense", 2)},
                  {Conv("conv", 8), Dense("dense", 1024), Dense("dense_1", 2)}),
            "conv=conv +dense dense=dense_1");
}

TEST(AlignLayers, AWiderModelKeepsItsNames) {
  EXPECT_EQ(Align({Conv("a", 8), Conv("b", 8), Conv("c", 16)},
                  {Conv("a", 16), Conv("b", 16), Conv("c", 32)}),
            "a=a b=b c=c");
}

TEST(AlignLayers, ReorderedLayersKeepAnOrder) {
  EXPECT_EQ(
      Align({Conv("a", 1), Conv("b", 2), Conv("c", 3)}, {Conv("c", 3), Conv("a", 1), Conv("b", 2)}),
      "+c a=a b=b -c");
}

// The longest common subsequence, by its definition.
size_t LongestCommon(std::span<const int64_t> a, std::span<const int64_t> b) {
  if (a.empty() || b.empty()) return 0;
  if (a[0] == b[0]) return 1 + LongestCommon(a.subspan(1), b.subspan(1));
  return std::max(LongestCommon(a.subspan(1), b), LongestCommon(a, b.subspan(1)));
}

TEST(AlignLayers, WithoutNamesItIsTheLongestCommonSubsequence) {
  testing::Random random(7);
  for (int trial = 0; trial < 200; ++trial) {
    std::array<std::vector<int64_t>, 2> kinds;
    std::array<Layers, 2> models;
    for (size_t m = 0; m < 2; ++m) {
      for (int64_t count = random.Integer(0, 8); count > 0; --count) {
        const int64_t kind = random.Integer(0, 3);
        kinds[m].push_back(kind);
        models[m].push_back({base::Cat("m", m, "_", count), base::Cat("op", kind), {kind}});
      }
    }
    const auto aligned = AlignLayers(models[0], models[1]);
    size_t pairs = 0;
    std::vector<size_t> before;
    std::vector<size_t> after;
    for (const AlignedLayers& one : aligned) {
      if (one.before) before.push_back(*one.before);
      if (one.after) after.push_back(*one.after);
      if (!one.before || !one.after) continue;
      ++pairs;
      EXPECT_EQ(kinds[0][*one.before], kinds[1][*one.after]);
    }
    EXPECT_EQ(pairs, LongestCommon(kinds[0], kinds[1]));
    // Every layer once, in order.
    EXPECT_EQ(before.size(), models[0].size());
    EXPECT_EQ(after.size(), models[1].size());
    EXPECT_TRUE(std::ranges::is_sorted(before));
    EXPECT_TRUE(std::ranges::is_sorted(after));
  }
}

TEST(AlignLayers, ThousandsOfLayersTakeBoundedMemory) {
  constexpr int64_t kLayers = 20000;
  Layers before;
  Layers after;
  for (int64_t i = 0; i < kLayers; ++i) {
    before.push_back(Conv(base::Cat("a", i), 8));
    after.push_back(Conv(base::Cat("b", i), 8));
  }
  EXPECT_EQ(AlignLayers(before, after).size(), size_t{2 * kLayers});
  EXPECT_EQ(AlignLayers(before, before).size(), size_t{kLayers});
}

}  // namespace
}  // namespace goldcrest::pipeline
