// Every row of the families without weights against the reference, on random parameters, each in
// two parts and within canaries.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "kernels/binary/binary.h"
#include "kernels/mean/mean.h"
#include "kernels/pool/pool.h"
#include "kernels/rows.h"
#include "kernels/softmax/softmax.h"
#include "kernels/unary/unary.h"
#include "support/random.h"

namespace goldcrest::kernels {
namespace {

using testing::Random;

// Runs all rows and expects each output within `bound` times the reference's magnitude, or what
// `magnitude` has for it. run(row, y, first, last) computes units of `elements` elements.
template <class Row, class Params, class Run>
void ExpectRows(std::span<const Row> rows, const Params& params, int64_t units, int64_t elements,
                Random& random, double bound, const std::vector<double>& magnitude, const Run& run,
                std::set<std::string_view>& ran) {
  std::vector<float> expected(static_cast<size_t>(units * elements));
  run(rows.back(), expected.data(), 0, units);
  ForEachRow(rows, params, [&](const Row& row) {
    std::vector<float> y = Guarded(units * elements);
    const int64_t middle = random.Integer(0, units);
    run(row, y.data() + kCanaries, middle, units);
    run(row, y.data() + kCanaries, 0, middle);
    ExpectCanaries(y, row.name);
    for (size_t i = 0; i < expected.size(); ++i) {
      const double size = magnitude.empty() ? std::fabs(expected[i]) : magnitude[i];
      ASSERT_NEAR(y[kCanaries + i], expected[i], bound * size + 1e-37) << row.name << " " << i;
    }
    ran.insert(row.name);
  });
}

TEST(Binary, EveryRow) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    std::vector<int64_t> a(static_cast<size_t>(random.Integer(1, 5)));
    for (int64_t& size : a) size = random.Integer(1, 9);
    a.back() = random.Integer(1, 40);
    std::vector<int64_t> b(a.begin() + random.Integer(0, static_cast<int64_t>(a.size()) - 1),
                           a.end());
    for (int64_t& size : b) size = random.Integer(0, 2) == 0 ? 1 : size;
    auto count = [](const std::vector<int64_t>& shape) {
      int64_t n = 1;
      for (int64_t size : shape) n *= size;
      return n;
    };
    const auto op = random.Integer(0, 1) == 0 ? binary::Operator::kAdd : binary::Operator::kMul;
    const Clamp clamp = random.Integer(0, 1) == 0 ? Clamp{0, 6} : Clamp{-kInfinity, kInfinity};
    const binary::Params p = binary::Broadcast(op, a, b, clamp);
    const std::vector<float> x = random.Floats(count(a));
    const std::vector<float> z = random.Floats(count(b));
    // Both are one rounding.
    ExpectRows(
        binary::Rows(), p, count(a), 1, random, 0, {},
        [&](const binary::Row& row, float* y, int64_t first, int64_t last) {
          row.run(p, x.data(), z.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(binary::Rows()));
}

TEST(Unary, EveryRow) {
  using unary::Function;
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    const unary::Params p{
        .function = static_cast<Function>(seed % 5), .clamp = {0, 6}, .alpha = random.Float()};
    std::vector<float> x = random.Floats(random.Integer(1, 300));
    const auto scale = static_cast<float>(std::exp(random.Integer(-8, 5)));
    for (float& value : x) value *= scale;
    ExpectRows(
        unary::Rows(), p, static_cast<int64_t>(x.size()), 1, random, 1e-6, {},
        [&](const unary::Row& row, float* y, int64_t first, int64_t last) {
          row.run(p, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(unary::Rows()));
}

TEST(Mean, EveryRowWithinTheBound) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const mean::Params p{.outer = random.Integer(1, 3),
                         .reduced = random.Integer(1, seed % 8 == 0 ? 20000 : 90),
                         .inner = random.Integer(0, 2) == 0 ? 1 : random.Integer(2, 50)};
    std::vector<float> x = random.Floats(p.outer * p.reduced * p.inner);
    // One sign, so that the sums grow and roundings add up.
    for (float& value : x) value = std::fabs(value);
    ExpectRows(
        mean::Rows(), p, p.outer * p.inner, 1, random, 1e-6, {},
        [&](const mean::Row& row, float* y, int64_t first, int64_t last) {
          row.run(p, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(mean::Rows()));
}

TEST(Softmax, EveryRow) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const softmax::Params p{.classes = random.Integer(1, seed % 8 == 0 ? 5000 : 70),
                            .beta = 1 + 0.5 * static_cast<double>(random.Integer(0, 2))};
    const int64_t rows = random.Integer(1, 4);
    std::vector<float> x = random.Floats(rows * p.classes);
    const auto scale = static_cast<float>(std::exp(random.Integer(-2, 3)));
    for (float& value : x) value *= scale;
    // The exponent's rounding is that of the logits, which are up to 60 apart.
    ExpectRows(
        softmax::Rows(), p, rows, p.classes, random, 1e-5, {},
        [&](const softmax::Row& row, float* y, int64_t first, int64_t last) {
          row.run(p, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(softmax::Rows()));
}

TEST(Pool, EveryRowWithinTheBound) {
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    Window a{.batch = random.Integer(1, 2),
             .in_h = random.Integer(3, 12),
             .in_w = random.Integer(3, 12),
             .kernel_h = random.Integer(1, 3),
             .kernel_w = random.Integer(1, 3),
             .stride_h = random.Integer(1, 3),
             .stride_w = random.Integer(1, 3)};
    // Every window has a pixel inside.
    a.pad_top = random.Integer(0, a.kernel_h - 1);
    a.pad_left = random.Integer(0, a.kernel_w - 1);
    a.out_h = (a.in_h + a.pad_top - 1) / a.stride_h + 1;
    a.out_w = (a.in_w + a.pad_left - 1) / a.stride_w + 1;
    const bool average = random.Integer(0, 1) == 0;
    const pool::Params p{.kind = average ? pool::Kind::kAverage : pool::Kind::kMax,
                         .window = a,
                         .channels = random.Integer(1, 40),
                         .clamp = {-kInfinity, random.Integer(0, 1) == 0 ? kInfinity : 0.5F}};
    const std::vector<float> x = random.Floats(a.batch * a.in_h * a.in_w * p.channels);
    const int64_t elements = a.out_w * p.channels;
    const int64_t rows = a.batch * a.out_h;
    // Inputs are below 1, so that a mean of magnitudes is too.
    const std::vector<double> magnitude(static_cast<size_t>(rows * elements), average ? 1.0 : 0.0);
    ExpectRows(
        pool::Rows(), p, rows, elements, random, 1e-6, magnitude,
        [&](const pool::Row& row, float* y, int64_t first, int64_t last) {
          row.run(p, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(pool::Rows()));
}

// The last row of every table takes everything.
TEST(Rows, TheReferenceOfEveryFamilyNeverRefuses) {
  EXPECT_EQ(binary::Choose({}, base::Isa::kScalar).run, binary::RunReference);
  EXPECT_EQ(unary::Choose({}, base::Isa::kScalar).run, unary::RunReference);
  EXPECT_EQ(mean::Choose({}, base::Isa::kScalar).run, mean::RunReference);
  EXPECT_EQ(softmax::Choose({}, base::Isa::kScalar).run, softmax::RunReference);
  EXPECT_EQ(pool::Choose({}, base::Isa::kScalar).run, pool::RunReference);
  pool::Params large{.window = {.kernel_h = 200, .kernel_w = 200}};
  EXPECT_EQ(pool::Choose(large, base::MachineIsa()).run, pool::RunReference);
}

}  // namespace
}  // namespace goldcrest::kernels
