// Every row of the convolution families against a double-precision evaluation that is written the
// other way round: each input element is scattered to the outputs that it reaches.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/aligned_buffer.h"
#include "kernels/conv/conv.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/emulated_rows.h"
#include "kernels/random_window.h"
#include "kernels/rows.h"
#include "support/random.h"
#include "tensor/precision.h"

namespace goldcrest::kernels {
namespace {

using testing::Random;

Clamp RandomClamp(Random& random) {
  switch (random.Integer(0, 2)) {
    case 0:
      return {-kInfinity, kInfinity};
    case 1:
      return {0, kInfinity};
    default:
      return {0, 6};
  }
}

// Calls visit(output pixel, input pixel, tap) for every product of the window, pixels counted
// through the batch; from the input's side.
template <class Visit>
void Scatter(const Window& a, const Visit& visit) {
  for (int64_t n = 0; n < a.batch; ++n) {
    for (int64_t y = 0; y < a.in_h; ++y) {
      for (int64_t x = 0; x < a.in_w; ++x) {
        for (int64_t tap = 0; tap < a.kernel_h * a.kernel_w; ++tap) {
          int64_t from_y = y + a.pad_top - tap / a.kernel_w * a.dilation_h;
          int64_t from_x = x + a.pad_left - tap % a.kernel_w * a.dilation_w;
          bool hits = from_y >= 0 && from_x >= 0 && from_y % a.stride_h == 0 &&
                      from_x % a.stride_w == 0 && from_y / a.stride_h < a.out_h &&
                      from_x / a.stride_w < a.out_w;
          if (!hits) continue;
          visit((n * a.out_h + from_y / a.stride_h) * a.out_w + from_x / a.stride_w,
                (n * a.in_h + y) * a.in_w + x, tap);
        }
      }
    }
  }
}

// Sums and the sums of magnitudes that bound their error.
struct Expected {
  std::vector<double> sum, magnitude;
  explicit Expected(int64_t count)
      : sum(static_cast<size_t>(count)), magnitude(static_cast<size_t>(count)) {}
  void Add(int64_t at, double product) {
    sum[static_cast<size_t>(at)] += product;
    magnitude[static_cast<size_t>(at)] += std::fabs(product);
  }
};

void ExpectWithin(const Expected& expected, Clamp clamp, const std::vector<float>& guarded,
                  std::string_view row) {
  ExpectCanaries(guarded, row);
  for (size_t i = 0; i < expected.sum.size(); ++i) {
    double exact = std::min<double>(std::max<double>(expected.sum[i], clamp.low), clamp.high);
    ASSERT_NEAR(guarded[kCanaries + i], exact, 1e-5 * expected.magnitude[i] + 1e-30)
        << row << " " << i;
  }
}

TEST(Conv, EveryRowWithinTheBound) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    conv::Params p{.window = RandomWindow(random),
                   .in_channels = random.Integer(1, 19),
                   .out_channels = random.Integer(1, 70),
                   .clamp = RandomClamp(random),
                   .bfloat16 = random.Integer(0, 1) == 1};
    if (seed % 3 == 0) {  // 1 x 1, the most common; whole vectors of outputs half of the time
      const int64_t rows = random.Integer(1, 6), columns = random.Integer(1, 12);
      p.window = {.in_h = rows, .in_w = columns, .out_h = rows, .out_w = columns};
      p.in_channels = random.Integer(1, random.Integer(0, 1) == 0 ? 40 : 440);
      if (random.Integer(0, 1) == 0) p.out_channels = 8 * random.Integer(1, 9);
    }
    const Window& a = p.window;
    int64_t taps = a.kernel_h * a.kernel_w;
    std::vector<float> x = random.Floats(a.batch * a.in_h * a.in_w * p.in_channels);
    std::vector<float> w = random.Floats(p.out_channels * taps * p.in_channels);
    // Numbers that are not rounded, so that the same bound holds for all rows.
    if (p.bfloat16) {
      x = Shortened(x);
      w = Shortened(w);
    }
    std::vector<float> bias = random.Floats(p.out_channels);
    bool biased = random.Integer(0, 1) == 1;
    int64_t outputs = a.batch * a.out_h * a.out_w * p.out_channels;
    Expected expected(outputs);
    for (int64_t i = 0; biased && i < outputs; ++i)
      expected.Add(i, bias[static_cast<size_t>(i % p.out_channels)]);
    Scatter(a, [&](int64_t to, int64_t from, int64_t tap) {
      for (int64_t o = 0; o < p.out_channels; ++o) {
        for (int64_t c = 0; c < p.in_channels; ++c) {
          expected.Add(to * p.out_channels + o,
                       static_cast<double>(x[static_cast<size_t>(from * p.in_channels + c)]) *
                           w[static_cast<size_t>((o * taps + tap) * p.in_channels + c)]);
        }
      }
    });
    ForEachRow(
        std::span<const conv::Row>(WithEmulated(conv::Rows())), p, [&](const conv::Row& row) {
          base::AlignedBuffer packed(static_cast<size_t>(row.packed_count(p)) * sizeof(float));
          auto* weights = reinterpret_cast<float*>(packed.data());
          row.pack(p, w.data(), biased ? bias.data() : nullptr, weights);
          std::vector<float> y = Guarded(outputs);
          // In four blocks, to show that they do not touch each other's outputs.
          int64_t pixel = random.Integer(0, p.pixels());
          int64_t panels = conv::PanelCount(row, p);
          int64_t panel = random.Integer(0, panels);
          for (const conv::Block& block :
               {conv::Block{pixel, p.pixels(), panel, panels}, conv::Block{0, pixel, panel, panels},
                conv::Block{pixel, p.pixels(), 0, panel}, conv::Block{0, pixel, 0, panel}}) {
            // The reference has all channels in one panel, which it computes or does not.
            if (block.first_panel == block.last_panel) continue;
            row.run(p, x.data(), weights, y.data() + kCanaries, block);
          }
          ExpectWithin(expected, p.clamp, y, row.name);
          ran.insert(row.name);
        });
  }
  EXPECT_EQ(ran.size(), CountWithEmulated(conv::Rows()));
}

// Inputs and weights of one product, so that what rounds them is seen.
TEST(Conv, Bfloat16IsTheNearestHalfToEven) {
  auto nearest = [](float x) {
    int exponent = 0;
    const double fraction = std::frexp(static_cast<double>(x), &exponent);
    return std::ldexp(std::nearbyint(std::ldexp(fraction, 8)), exponent - 8);
  };
  Random random(7);
  constexpr int64_t kDepth = 32;  // more than one product, for the rows that refuse it
  std::vector<float> x = random.Floats(1000);
  std::vector<float> w = random.Floats(33);
  x[0] = 1 + 1.0F / 256;  // between two: 1 is even, 1 + 2/128 is
  x[1] = 1 + 3.0F / 256;
  x[2] = 3e38F;
  w[0] = 1;
  std::set<std::string_view> ran;
  for (const int64_t depth : {int64_t{1}, kDepth}) {
    const conv::Params p{.window = {.batch = 1000},
                         .in_channels = depth,
                         .out_channels = 33,
                         .clamp = {-kInfinity, kInfinity},
                         .bfloat16 = true};
    // Zeros but for one.
    std::vector<float> spread_x(static_cast<size_t>(1000 * depth));
    std::vector<float> spread_w(static_cast<size_t>(33 * depth));
    for (size_t i = 0; i < x.size(); ++i) spread_x[(i + 1) * static_cast<size_t>(depth) - 1] = x[i];
    for (size_t i = 0; i < w.size(); ++i) spread_w[(i + 1) * static_cast<size_t>(depth) - 1] = w[i];
    const auto rows = WithEmulated(conv::Rows());
    ForEachRow(std::span(rows), p, [&](const conv::Row& row) {
      if (!tensor::Has(row.isa, tensor::Precision::kBfloat16)) return;
      base::AlignedBuffer packed(static_cast<size_t>(row.packed_count(p)) * sizeof(float));
      auto* weights = reinterpret_cast<float*>(packed.data());
      row.pack(p, spread_w.data(), nullptr, weights);
      std::vector<float> y(1000 * 33);
      row.run(p, spread_x.data(), weights, y.data(), {0, 1000, 0, conv::PanelCount(row, p)});
      for (size_t i = 0; i < y.size(); ++i) {
        const double exact = nearest(x[i / 33]) * nearest(w[i % 33]);
        ASSERT_EQ(y[i], static_cast<float>(exact)) << row.name << " " << i;
      }
      ran.insert(row.name);
    });
  }
  EXPECT_EQ(ran.size(), std::ranges::count_if(WithEmulated(conv::Rows()), [](const conv::Row& row) {
              return RunsHere(row.isa) && tensor::Has(row.isa, tensor::Precision::kBfloat16);
            }));
}

TEST(Depthwise, EveryRowWithinTheBound) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    depthwise::Params p{.window = RandomWindow(random),
                        .in_channels = random.Integer(1, 40),
                        .multiplier = std::max<int64_t>(random.Integer(-2, 3), 1),
                        .clamp = RandomClamp(random)};
    const Window& a = p.window;
    int64_t channels = p.in_channels * p.multiplier;
    std::vector<float> x = random.Floats(a.batch * a.in_h * a.in_w * p.in_channels);
    std::vector<float> w = random.Floats(a.kernel_h * a.kernel_w * channels);
    std::vector<float> bias = random.Floats(channels);
    bool biased = random.Integer(0, 1) == 1;
    int64_t outputs = a.batch * a.out_h * a.out_w * channels;
    Expected expected(outputs);
    for (int64_t i = 0; biased && i < outputs; ++i)
      expected.Add(i, bias[static_cast<size_t>(i % channels)]);
    Scatter(a, [&](int64_t to, int64_t from, int64_t tap) {
      for (int64_t o = 0; o < channels; ++o) {
        expected.Add(
            to * channels + o,
            static_cast<double>(x[static_cast<size_t>(from * p.in_channels + o / p.multiplier)]) *
                w[static_cast<size_t>(tap * channels + o)]);
      }
    });
    ForEachRow(depthwise::Rows(), p, [&](const depthwise::Row& row) {
      std::vector<float> y = Guarded(outputs);
      const float* b = biased ? bias.data() : nullptr;
      int64_t rows = a.batch * a.out_h;
      int64_t half = random.Integer(0, rows);
      row.run(p, x.data(), w.data(), b, y.data() + kCanaries, half, rows);
      row.run(p, x.data(), w.data(), b, y.data() + kCanaries, 0, half);
      ExpectWithin(expected, p.clamp, y, row.name);
      ran.insert(row.name);
    });
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(depthwise::Rows()));
}

// The last row of every table takes everything.
TEST(Rows, TheReferenceNeverRefuses) {
  EXPECT_EQ(conv::Rows().back().run, conv::RunReference);
  EXPECT_TRUE(conv::Rows().back().refuse({}).empty());
  EXPECT_EQ(depthwise::Rows().back().run, depthwise::RunReference);
  EXPECT_TRUE(depthwise::Rows().back().refuse({}).empty());
  EXPECT_EQ(conv::Choose({}, base::Isa::kScalar).run, conv::RunReference);
  EXPECT_EQ(depthwise::Choose({}, base::Isa::kScalar).run, depthwise::RunReference);
}

TEST(Clamp, LetsNansThrough) {
  Clamp relu6{0, 6};
  EXPECT_EQ(relu6(-1), 0);
  EXPECT_EQ(relu6(7), 6);
  EXPECT_TRUE(std::isnan(relu6(std::nanf(""))));
}

}  // namespace
}  // namespace goldcrest::kernels
