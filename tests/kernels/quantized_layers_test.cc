// Every row of the integer layers against the reference, byte for byte, in every rounding.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "base/aligned_buffer.h"
#include "kernels/emulated_rows.h"
#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/random_window.h"
#include "kernels/rows.h"

namespace goldcrest::kernels {
namespace {

using tensor::DType;
using testing::Random;

int32_t RandomZero(Random& random, DType dtype) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
  const int64_t choice = random.Integer(0, 3);
  if (choice == 0) return limits.low;
  if (choice == 1) return limits.high;
  return static_cast<int32_t>(random.Integer(limits.low, limits.high));
}

// Of int16, and weights of int8.
QuantizedLayer RandomWideLayer(Random& random) {
  QuantizedLayer layer{.input = DType::kInt16, .requantization = {.rounding = Rounding::kWide}};
  layer.requantization.low = random.Integer(0, 1) == 0 ? -32768 : 0;
  layer.requantization.high = static_cast<int32_t>(random.Integer(1, 32767));
  return layer;
}

// To float32, which only convolutions do.
QuantizedLayer RandomRealLayer(Random& random) {
  QuantizedLayer layer;
  layer.filter = random.Integer(0, 3) == 0 ? DType::kUInt8 : DType::kInt8;
  layer.input_zero = RandomZero(random, layer.input);
  if (layer.filter == DType::kUInt8) layer.filter_zero = RandomZero(random, layer.filter);
  layer.requantization.rounding = Rounding::kToReals;
  Reals& reals = layer.requantization.reals;
  reals.zero = layer.input_zero;
  (random.Integer(0, 1) == 0 ? reals.first : reals.second) = 0.01F * (random.Float() + 2);
  if (random.Integer(0, 1) == 0) reals.clamp = {0, 6};
  return layer;
}

QuantizedLayer RandomLayer(Random& random) {
  if (random.Integer(0, 3) == 0) return RandomWideLayer(random);
  QuantizedLayer layer;
  layer.input = random.Integer(0, 1) == 0 ? DType::kInt8 : DType::kUInt8;
  layer.filter = random.Integer(0, 3) == 0 ? DType::kUInt8 : DType::kInt8;
  layer.input_zero = RandomZero(random, layer.input);
  if (layer.filter == DType::kUInt8) layer.filter_zero = RandomZero(random, layer.filter);
  const tensor::IntegerLimits limits = *tensor::LimitsOf(layer.input);
  Requantization& out = layer.requantization;
  out.rounding = static_cast<Rounding>(random.Integer(0, 3));
  out.zero_point = RandomZero(random, layer.input);
  out.low = random.Integer(0, 1) == 0 ? limits.low : out.zero_point;
  out.high = static_cast<int32_t>(random.Integer(out.low, limits.high));
  if (random.Integer(0, 2) == 0) {  // behind a ReLU, whose range the bytes have
    out.zero_point = out.low = limits.low;
    out.high = limits.high;
  }
  return layer;
}

// A layer's constants, most of whose sums fall into the result's range, and some far beyond.
struct RandomConstants {
  std::vector<std::byte> filter;
  std::vector<int64_t> bias;
  std::vector<Multiplier> multipliers;

  // Sets what the layer says of the multipliers.
  RandomConstants(Random& random, int64_t channels, int64_t depth, QuantizedLayer& layer) {
    for (int64_t i = 0; i < channels * depth; ++i)
      filter.push_back(static_cast<std::byte>(random.Next() >> 56));
    if (random.Integer(0, 3) > 0) {
      for (int64_t c = 0; c < channels; ++c) bias.push_back(random.Integer(-200000, 200000));
    }
    const int64_t largest = random.Integer(0, 3) == 0 ? 1 : -1;
    for (int64_t c = 0; c < channels; ++c) {
      const double real =
          std::ldexp(1.5 + random.Float() / 2, static_cast<int>(random.Integer(-18, largest)));
      multipliers.push_back({.real = static_cast<float>(real),
                             .fixed = QuantizeMultiplier(real),
                             .bias = random.Float()});
    }
    layer.requantization.small_factors = HasSmallFactors(multipliers);
  }
  QuantizedWeights weights() const { return {filter, bias, multipliers}; }
};

int64_t ElementBytes(const QuantizedLayer& layer) { return layer.input == DType::kInt16 ? 2 : 1; }

int64_t ResultBytes(const QuantizedLayer& layer) {
  return layer.requantization.rounding == Rounding::kToReals ? 4 : ElementBytes(layer);
}

std::vector<std::byte> RandomBytes(Random& random, int64_t count) {
  // No memory beyond them, so that sanitizers see what is read there.
  std::vector<std::byte> bytes(static_cast<size_t>(count));
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.Next() >> 56);
  return bytes;
}

// Now and then only the lowest and the highest bytes.
std::vector<std::byte> RandomInput(Random& random, int64_t count) {
  std::vector<std::byte> bytes = RandomBytes(random, count);
  if (random.Integer(0, 3) > 0) return bytes;
  const auto flip = static_cast<std::byte>(random.Integer(0, 1) * 128);
  for (std::byte& byte : bytes) byte = (byte < std::byte{16} ? std::byte{0} : ~std::byte{0}) ^ flip;
  return bytes;
}

// What a row computes between guards.
template <class Row, class Params, class Run>
std::vector<std::byte> Computed(const Row& row, const Params& params,
                                const RandomConstants& constants, int64_t outputs, const Run& run) {
  base::AlignedBuffer packed(static_cast<size_t>(row.packed_bytes(params)));
  row.pack(params, constants.weights(), packed.data());
  std::vector<std::byte> y(static_cast<size_t>(outputs) + 2 * kCanaries, kGuardByte);
  run(packed.data(), y.data() + kCanaries);
  for (size_t i = 0; i < kCanaries; ++i) {
    EXPECT_EQ(y[i], kGuardByte) << row.name;
    EXPECT_EQ(y[y.size() - 1 - i], kGuardByte) << row.name;
  }
  return y;
}

TEST(QuantizedConv, EveryRowHasTheReferencesBytes) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    quantized_conv::Params p{
        .window = RandomWindow(random),
        .in_channels = random.Integer(1, 19),
        .out_channels = random.Integer(1, random.Integer(0, 3) == 0 ? 8 : 90),
        .layer = seed % 4 == 0 ? RandomRealLayer(random) : RandomLayer(random)};
    if (random.Integer(0, 2) == 0) {  // 1 x 1, the most common
      p.window = {.in_h = 7, .in_w = 9, .out_h = 7, .out_w = 9};
      constexpr std::array<int64_t, 4> kMost = {32, 300, 300, 1300};
      p.in_channels = random.Integer(1, kMost[static_cast<size_t>(random.Integer(0, 3))]);
    }
    const Window& a = p.window;
    const auto x =
        RandomInput(random, a.batch * a.in_h * a.in_w * p.in_channels * ElementBytes(p.layer));
    RandomConstants constants(random, p.out_channels, p.depth(), p.layer);
    p.layer.long_sums = HasLongSums(p.layer, constants.weights(), p.out_channels, p.depth(), false);
    const int64_t outputs = p.pixels() * p.out_channels * ResultBytes(p.layer);
    if (p.layer.requantization.rounding == Rounding::kToReals) constants.bias.clear();
    const auto rows = WithEmulated(quantized_conv::Rows());
    const auto expected =
        Computed(rows.back(), p, constants, outputs, [&](const std::byte* packed, std::byte* y) {
          rows.back().run(p, x.data(), packed, y, {0, p.pixels(), 0, 1});
        });
    ForEachRow(std::span(rows), p, [&](const quantized_conv::Row& row) {
      const int64_t panels = quantized_conv::PanelCount(row, p);
      const int64_t pixel = random.Integer(0, p.pixels());
      const int64_t panel = random.Integer(0, panels);
      const auto y =
          Computed(row, p, constants, outputs, [&](const std::byte* packed, std::byte* out) {
            // In four blocks, to show that they do not touch each other's outputs.
            for (const auto& block : {quantized_conv::Block{pixel, p.pixels(), panel, panels},
                                      quantized_conv::Block{0, pixel, panel, panels},
                                      quantized_conv::Block{pixel, p.pixels(), 0, panel},
                                      quantized_conv::Block{0, pixel, 0, panel}}) {
              if (block.first_panel == block.last_panel) continue;
              row.run(p, x.data(), packed, out, block);
            }
          });
      ASSERT_TRUE(y == expected) << row.name;
      ran.insert(row.name);
    });
  }
  EXPECT_EQ(ran.size(), CountWithEmulated(quantized_conv::Rows()));
}

// The largest and the lowest sum, by the largest factor that is below 1 and by 1, which some rows
// refuse: all of them saturate.
TEST(QuantizedConv, SumsAtTheEndsOf32Bits) {
  for (const float factor : {std::nextafter(1.0F, 0.0F), 1.0F}) {
    for (const int32_t zero_point : {-128, 0, 127}) {
      const std::vector<std::byte> filter(24 * 4);
      const std::vector<std::byte> x(7 * 4, std::byte{1});
      const std::vector<Multiplier> multipliers(24, {.real = factor});
      std::vector<int64_t> bias(24, INT32_MAX);
      std::fill_n(bias.begin(), 9, INT32_MIN);
      const quantized_conv::Params p{
          .window = {.in_w = 7, .out_w = 7},
          .in_channels = 4,
          .out_channels = 24,
          .layer = {.requantization = {.zero_point = zero_point,
                                       .low = -128,
                                       .high = 127,
                                       .small_factors = HasSmallFactors(multipliers)}}};
      EXPECT_EQ(p.layer.requantization.small_factors, factor < 1);
      const auto rows = WithEmulated(quantized_conv::Rows());
      ForEachRow(std::span(rows), p, [&](const quantized_conv::Row& row) {
        base::AlignedBuffer packed(static_cast<size_t>(row.packed_bytes(p)));
        row.pack(p, {filter, bias, multipliers}, packed.data());
        std::vector<std::byte> y(7 * 24);
        row.run(p, x.data(), packed.data(), y.data(),
                {0, 7, 0, quantized_conv::PanelCount(row, p)});
        for (size_t i = 0; i < y.size(); ++i) {
          ASSERT_EQ(static_cast<int8_t>(y[i]), i % 24 < 9 ? -128 : 127)
              << row.name << " " << i << " " << zero_point;
        }
      });
    }
  }
}

// Sums of int16 at the edge of what 32 bits hold, and just beyond.
TEST(QuantizedConv, LongSums) {
  const QuantizedLayer layer{.input = DType::kInt16};
  std::vector<std::byte> filter(516, std::byte{127});  // 516 · 127 = 2^16 - 4
  const std::vector<int64_t> most = {INT32_MAX - (int64_t{516} * 127 << 15)};
  const std::vector<int64_t> beyond = {most[0] + 1};
  EXPECT_FALSE(HasLongSums(layer, {filter, {}, {}}, 1, 516, false));
  EXPECT_FALSE(HasLongSums(layer, {filter, most, {}}, 1, 516, false));
  EXPECT_TRUE(HasLongSums(layer, {filter, beyond, {}}, 1, 516, false));
  const std::vector<int64_t> lowest = {INT64_MIN};
  EXPECT_TRUE(HasLongSums(layer, {filter, lowest, {}}, 1, 516, false));
  EXPECT_FALSE(HasLongSums({}, {filter, lowest, {}}, 1, 516, false));
}

void ExpectDepthwiseRows(quantized_depthwise::Params p, Random& random,
                         std::set<std::string_view>& ran) {
  const Window& a = p.window;
  const auto x =
      RandomInput(random, a.batch * a.in_h * a.in_w * p.in_channels * ElementBytes(p.layer));
  const RandomConstants constants(random, p.out_channels(), p.taps(), p.layer);
  p.layer.long_sums = HasLongSums(p.layer, constants.weights(), p.out_channels(), p.taps(), true);
  const int64_t lines = a.batch * a.out_h;
  const int64_t outputs = lines * a.out_w * p.out_channels() * ElementBytes(p.layer);
  const auto rows = WithEmulated(quantized_depthwise::Rows());
  const auto expected =
      Computed(rows.back(), p, constants, outputs, [&](const std::byte* packed, std::byte* y) {
        rows.back().run(p, x.data(), packed, y, 0, lines);
      });
  ForEachRow(std::span(rows), p, [&](const quantized_depthwise::Row& row) {
    const int64_t middle = random.Integer(0, lines);
    const auto y =
        Computed(row, p, constants, outputs, [&](const std::byte* packed, std::byte* out) {
          row.run(p, x.data(), packed, out, middle, lines);
          row.run(p, x.data(), packed, out, 0, middle);
        });
    ASSERT_TRUE(y == expected) << row.name;
    ran.insert(row.name);
  });
}

TEST(QuantizedDepthwise, EveryRowHasTheReferencesBytes) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Window window = RandomWindow(random);
    ExpectDepthwiseRows({.window = window,
                         .in_channels = random.Integer(1, 70),
                         .multiplier = std::max<int64_t>(random.Integer(-4, 3), 1),
                         .layer = RandomLayer(random)},
                        random, ran);
  }
  EXPECT_EQ(ran.size(), CountWithEmulated(quantized_depthwise::Rows()));
}

// The windows and channels that the rows are made for, wide and narrow pictures, bytes.
TEST(QuantizedDepthwise, WindowsOfNetworks) {
  std::set<std::string_view> ran;
  uint64_t seed = 0;
  for (int64_t channels :
       {8, 8, 8, 16, 16, 16, 24, 32, 40, 48, 64, 72, 88, 96, 97, 127, 128, 144, 161, 200}) {
    for (int64_t kernel : {3, 5}) {
      for (int64_t stride : {1, 2}) {
        SCOPED_TRACE(++seed);
        Random random(seed);
        QuantizedLayer layer = RandomLayer(random);
        while (layer.input == DType::kInt16 || layer.filter == DType::kUInt8) {
          layer = RandomLayer(random);
        }
        // Half of the time the default, which has code of its own.
        if (random.Integer(0, 1) == 0) layer.requantization.rounding = Rounding::kFloat;
        Window a{.batch = random.Integer(1, 2), .kernel_h = kernel, .kernel_w = kernel};
        a.stride_h = a.stride_w = stride;
        a.dilation_h = random.Integer(1, 2);
        a.pad_top = random.Integer(0, kernel - 1);
        a.pad_left = random.Integer(0, kernel - 1);
        a.out_h = random.Integer(1, 7);
        a.out_w = random.Integer(0, 3) == 0 ? random.Integer(60, 90) : random.Integer(1, 15);
        // With what lies to the right and below of it.
        a.in_h = std::max<int64_t>(
            (a.out_h - 1) * stride + (kernel - 1) * a.dilation_h + 1 - a.pad_top - kernel / 2, 1);
        a.in_w = std::max<int64_t>((a.out_w - 1) * stride + kernel - a.pad_left - kernel / 2, 1);
        ExpectDepthwiseRows({.window = a, .in_channels = channels, .layer = layer}, random, ran);
      }
    }
  }
  EXPECT_EQ(ran.size(), CountWithEmulated(quantized_depthwise::Rows()));
}

}  // namespace
}  // namespace goldcrest::kernels
