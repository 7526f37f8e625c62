#include "quantize/layer_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/random.h"

namespace goldcrest::quantize {
namespace {

constexpr WeightRows kRows = {.channels = 3, .columns = 4, .channel_stride = 4, .column_stride = 1};

TEST(LayerWeights, EveryChannelReachesItsLargest) {
  const std::vector<float> weights = {1, -2, 0.5F, 0, 0.01F, 0, -0.02F, 0.003F, 9, 8, 7, 6};
  const QuantizedLayer layer = QuantizeLayer(weights, kRows, {0, 0, 0}, {});
  EXPECT_EQ(layer.quantization.scale, (std::vector<float>{2.0F / 127, 0.02F / 127, 9.0F / 127}));
  EXPECT_EQ(layer.integers[1], -127);
  EXPECT_EQ(layer.integers[6], -127);
  EXPECT_EQ(layer.integers[8], 127);
  const std::vector<float> back = Dequantized(layer, kRows);
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(back[i], weights[i], layer.ScaleOf(i / 4) * 0.5001F);
  }
}

TEST(LayerWeights, DeadChannelsHaveTheScaleOfOthers) {
  const QuantizedLayer layer =
      QuantizeLayer(std::vector<float>{0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0}, kRows, {0, 5, 0}, {});
  for (float scale : layer.quantization.scale) EXPECT_EQ(scale, 1.0F / 127);
  const QuantizedLayer dead = QuantizeLayer(std::vector<float>(12), kRows, {0, 0, 0}, {});
  for (float scale : dead.quantization.scale) EXPECT_EQ(scale, 1.0F);
}

// A channel of tiny weights and a large bias: the bias counts steps of the input's times the
// weights' scale, and must fit into int32.
TEST(LayerWeights, LargeBiasesStayWithinInt32) {
  const std::vector<float> bias = {1e4F, -3e8F, 0};
  const std::vector<float> weights(12, 1e-9F);
  constexpr float kInputScale = 1e-3F;
  for (bool per_channel : {true, false}) {
    const QuantizedLayer layer = QuantizeLayer(
        weights, kRows, bias, {.per_channel = per_channel, .input_scale = kInputScale});
    for (size_t c = 0; c < bias.size(); ++c) {
      const double steps = static_cast<double>(bias[c]) / kInputScale / layer.ScaleOf(c);
      EXPECT_LT(std::fabs(steps), 0x1p31 / 1.99);
    }
  }
}

TEST(LayerWeights, SearchedScalesLoseLess) {
  testing::Random random(3);
  std::vector<float> weights = random.Floats(3 * 400);
  const WeightRows rows = {
      .channels = 3, .columns = 400, .channel_stride = 400, .column_stride = 1};
  for (size_t c = 0; c < 3; ++c) weights[c * 400] = 3;  // one far out
  auto error = [&](bool search) {
    const QuantizedLayer layer = QuantizeLayer(weights, rows, {0, 0, 0}, {.search = search});
    const std::vector<float> back = Dequantized(layer, rows);
    double sum = 0;
    for (size_t i = 0; i < weights.size(); ++i) sum += std::pow(back[i] - weights[i], 2);
    return sum;
  };
  EXPECT_LE(error(true), error(false));
}

TEST(LayerWeights, AsymmetricWeightsSpanOneTo255) {
  const QuantizedLayer layer =
      QuantizeLayer(std::vector<float>{-1, 3, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1}, kRows, {0, 0, 0},
                    {.dtype = tensor::DType::kUInt8, .per_channel = false});
  EXPECT_EQ(layer.quantization.scale.size(), 1U);
  EXPECT_EQ(layer.integers[0], 1);
  EXPECT_EQ(layer.integers[1], 255);
  EXPECT_EQ(layer.integers[2], layer.quantization.zero_point[0]);
}

}  // namespace
}  // namespace goldcrest::quantize
