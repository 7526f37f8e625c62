// Every row of the families of integers without weights against the reference: no byte may differ,
// on random parameters, each in two parts and within canaries.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <set>

#include "kernels/byte_table/byte_table.h"
#include "kernels/quantize/quantize.h"
#include "kernels/quantized_binary/quantized_binary.h"
#include "kernels/quantized_mean/quantized_mean.h"
#include "kernels/quantized_pool/quantized_pool.h"
#include "kernels/rows.h"
#include "support/random.h"

namespace goldcrest::kernels {
namespace {

using tensor::DType;
using testing::Random;

std::vector<std::byte> Bytes(Random& random, int64_t count) {
  std::vector<std::byte> bytes(static_cast<size_t>(count));
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.Next() >> 56);
  return bytes;
}

struct Type {
  DType dtype;
  IntegerClamp range;
};

Type AnyType(Random& random) {
  return random.Integer(0, 1) == 0 ? Type{DType::kInt8, {-128, 127}}
                                   : Type{DType::kUInt8, {0, 255}};
}

// All of the range, or what relu6 leaves of it.
IntegerClamp AnyClamp(Random& random, const Type& type, int32_t zero) {
  if (random.Integer(0, 1) == 0) return type.range;
  return {zero, static_cast<int32_t>(random.Integer(zero, type.range.high))};
}

int32_t AnyZero(Random& random, const Type& type) {
  const int64_t low = type.range.low, high = type.range.high;
  const int64_t drawn = random.Integer(low, high);
  return static_cast<int32_t>(std::vector{low, high, drawn}[random.Integer(0, 2)]);
}

float AnyScale(Random& random) { return 0.001F + 0.1F * (random.Float() + 1); }

// run(row, y, first, last) computes units of `elements` bytes.
template <class Row, class Params, class Run>
void ExpectRows(std::span<const Row> rows, const Params& params, int64_t units, int64_t elements,
                Random& random, const Run& run, std::set<std::string_view>& ran) {
  std::vector<std::byte> expected(static_cast<size_t>(units * elements));
  run(rows.back(), expected.data(), 0, units);
  ForEachRow(rows, params, [&](const Row& row) {
    std::vector<std::byte> y(expected.size() + 2 * kCanaries, kGuardByte);
    std::byte* inside = y.data() + kCanaries;
    const int64_t middle = random.Integer(0, units);
    run(row, inside, middle, units);
    run(row, inside, 0, middle);
    for (size_t i = 0; i < kCanaries; ++i) {
      ASSERT_EQ(y[i], kGuardByte) << row.name;
      ASSERT_EQ(y[y.size() - 1 - i], kGuardByte) << row.name;
    }
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(inside[i], expected[i]) << row.name << " " << i;
    }
    ran.insert(row.name);
  });
}

int64_t CountOf(const std::vector<int64_t>& shape) {
  int64_t n = 1;
  for (int64_t size : shape) n *= size;
  return n;
}

TEST(Quantize, EveryRow) {
  using namespace quantize;
  constexpr std::array kTypes = {DType::kInt8, DType::kUInt8, DType::kInt16};
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const DType dtype = kTypes[seed % kTypes.size()];
    const tensor::IntegerLimits limits = *tensor::LimitsOf(dtype);
    const Type type = {dtype, {limits.low, limits.high}};
    const Params params = {.dtype = dtype,
                           .scale = std::ldexp(1.0F + random.Float() / 3, -5),
                           .zero_point = AnyZero(random, type),
                           .ties_to_even = random.Integer(0, 1) == 0};
    std::vector<float> x;
    const int64_t count = random.Integer(1, 100);
    for (int64_t i = 0; i < count; ++i) {
      // Ties, what is out of range, and what is neither.
      const auto whole = static_cast<float>(random.Integer(2 * limits.low, 2 * limits.high));
      x.push_back((whole + (random.Integer(0, 1) == 0 ? 0.5F : random.Float())) * params.scale);
    }
    x[0] = random.Integer(0, 1) == 0 ? NAN : -INFINITY;
    x.back() = random.Integer(0, 1) == 0 ? 3e38F : x.back();
    ExpectRows(
        Rows(), params, count, dtype == DType::kInt16 ? 2 : 1, random,
        [&](const Row& row, std::byte* y, int64_t first, int64_t last) {
          row.run(params, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

TEST(ByteTable, EveryRow) {
  using namespace byte_table;
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    Table table;
    for (uint8_t& entry : table) entry = static_cast<uint8_t>(random.Next() >> 56);
    const int64_t count = random.Integer(1, 1000);
    const std::vector<std::byte> x = Bytes(random, count);
    ExpectRows(
        Rows(), table, count, 1, random,
        [&](const Row& row, std::byte* y, int64_t first, int64_t last) {
          row.run(table, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

TEST(QuantizedBinary, EveryRow) {
  using namespace quantized_binary;
  constexpr std::array kSetters = {SetAdd, SetAddXnnpack, SetMul, SetMulXnnpack};
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    std::vector<int64_t> a(static_cast<size_t>(random.Integer(1, 5)));
    for (int64_t& size : a) size = random.Integer(1, 6);
    a.back() = random.Integer(1, 70);
    std::vector<int64_t> b(a.begin() + random.Integer(0, static_cast<int64_t>(a.size()) - 1),
                           a.end());
    for (int64_t& size : b) size = random.Integer(0, 2) == 0 ? 1 : size;
    const Type type = AnyType(random);
    Params params;
    static_cast<Broadcast&>(params) = Broadcast::Over(a, b);
    params.dtype = type.dtype;
    params.a_zero = AnyZero(random, type);
    params.b_zero = AnyZero(random, type);
    params.y_zero = AnyZero(random, type);
    params.clamp = AnyClamp(random, type, params.y_zero);
    kSetters[seed % kSetters.size()](params, AnyScale(random), AnyScale(random), AnyScale(random));
    const std::vector<std::byte> x = Bytes(random, CountOf(a));
    const std::vector<std::byte> z = Bytes(random, CountOf(b));
    ExpectRows(
        Rows(), params, CountOf(a), 1, random,
        [&](const Row& row, std::byte* y, int64_t first, int64_t last) {
          row.run(params, x.data(), z.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

TEST(QuantizedMean, EveryRow) {
  using namespace quantized_mean;
  constexpr std::array kSetters = {SetReference, SetPicture, SetXnnpack};
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    const Type type = AnyType(random);
    Params params;
    params.dtype = type.dtype;
    params.outer = random.Integer(1, 4);
    params.reduced = random.Integer(1, 80);
    params.inner = random.Integer(0, 5) == 0 ? 1 : random.Integer(1, 150);
    params.clamp = type.range;
    const Scaled from{AnyScale(random), AnyZero(random, type)};
    const Scaled to{AnyScale(random) / 4, AnyZero(random, type)};
    kSetters[seed % kSetters.size()](params, from, to);
    const std::vector<std::byte> x = Bytes(random, params.outer * params.reduced * params.inner);
    ExpectRows(
        Rows(), params, params.outer * params.inner, 1, random,
        [&](const Row& row, std::byte* y, int64_t first, int64_t last) {
          row.run(params, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

// Numbers of LiteRT 2.3: what is nearly a tie, and ties, which depend on the zero points.
TEST(QuantizedMean, RoundsAsXnnpackDoes) {
  using namespace quantized_mean;
  struct Case {
    std::vector<int> x;
    Scaled from, to;
    int y;
  };
  std::vector<int> picture(49, -54);
  picture[0] -= 21;  // in all -2667
  const std::vector<Case> cases = {
      {picture, {0.024031457F, -112}, {0.00830946F, -128}, 38},
      {{82, 83}, {0.75F, 88}, {0.25F, -7}, -24},
      {{82, 83}, {0.75F, 88}, {0.25F, -8}, -24},
      {{-30, -27}, {0.75F, -40}, {0.25F, 41}, 76},
      {{-30, -27}, {0.75F, -40}, {0.25F, 40}, 74},
  };
  for (const Case& c : cases) {
    std::vector<std::byte> x;
    for (int value : c.x) x.push_back(static_cast<std::byte>(value));
    Params params;
    params.reduced = static_cast<int64_t>(x.size());
    params.clamp = {-128, 127};
    SetXnnpack(params, c.from, c.to);
    ForEachRow(Rows(), params, [&](const Row& row) {
      std::byte y{};
      row.run(params, x.data(), &y, 0, 1);
      EXPECT_EQ(static_cast<int8_t>(y), c.y) << row.name;
    });
  }
}

TEST(QuantizedPool, EveryRow) {
  using namespace quantized_pool;
  std::set<std::string_view> ran;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const Type type = AnyType(random);
    Params params;
    params.kind = random.Integer(0, 1) == 0 ? Kind::kAverage : Kind::kMax;
    params.dtype = type.dtype;
    params.channels = random.Integer(1, 70);
    params.clamp = AnyClamp(random, type, AnyZero(random, type));
    Window& w = params.window;
    w.batch = random.Integer(1, 2);
    w.kernel_h = random.Integer(1, 4);
    w.kernel_w = random.Integer(1, 4);
    w.stride_h = random.Integer(1, 3);
    w.stride_w = random.Integer(1, 3);
    w.in_h = random.Integer(w.kernel_h, 9);
    w.in_w = random.Integer(w.kernel_w, 9);
    w.pad_top = random.Integer(0, w.kernel_h - 1);
    w.pad_left = random.Integer(0, w.kernel_w - 1);
    w.out_h = (w.in_h + w.pad_top - w.kernel_h) / w.stride_h + 1;
    w.out_w = (w.in_w + w.pad_left - w.kernel_w) / w.stride_w + 1;
    const std::vector<std::byte> x = Bytes(random, w.batch * w.in_h * w.in_w * params.channels);
    ExpectRows(
        Rows(), params, w.batch * w.out_h, w.out_w * params.channels, random,
        [&](const Row& row, std::byte* y, int64_t first, int64_t last) {
          row.run(params, x.data(), y, first, last);
        },
        ran);
  }
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

// Quotients by way of float32 are exact at the largest sums and next to whole numbers.
TEST(QuantizedPool, LargestWindow) {
  using namespace quantized_pool;
  Params params;
  params.channels = 20;
  params.dtype = DType::kUInt8;
  params.clamp = {0, 255};
  params.window = {.in_h = 256, .in_w = 256, .kernel_h = 256, .kernel_w = 256};
  std::vector<std::byte> x(256 * 256 * 20, std::byte{255});
  for (size_t c = 0; c < 20; ++c) {  // sums around a half of a step short of the largest
    for (size_t i = 0; i < (1 << 15) - 10 + c; ++i) x[i * 20 + c] = std::byte{254};
  }
  Random random(1);
  std::set<std::string_view> ran;
  ExpectRows(
      Rows(), params, 1, 20, random,
      [&](const Row& row, std::byte* y, int64_t first, int64_t last) {
        row.run(params, x.data(), y, first, last);
      },
      ran);
  EXPECT_EQ(ran.size(), CountOnThisMachine(Rows()));
}

}  // namespace
}  // namespace goldcrest::kernels
