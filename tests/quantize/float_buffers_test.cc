#include "quantize/float_buffers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "support/random.h"

namespace goldcrest::quantize {
namespace {

// Whatever is taken and given back in whatever order: nobody else writes to what is held.
TEST(FloatBuffers, WhatIsHeldIsNobodyElses) {
  struct Held {
    std::span<float> elements;
    float mark;
  };
  testing::Random random(1);
  FloatBuffers here;
  FloatBuffers there;
  std::vector<Held> held;
  for (int step = 0; step < 5000; ++step) {
    const bool takes = held.empty() || random.Integer(0, 99) < (step % 1000 < 600 ? 60 : 30);
    if (takes) {
      const int64_t count = random.Integer(1, 1 << random.Integer(0, 14));
      std::span<float> elements = here.Take(static_cast<size_t>(count));
      ASSERT_EQ(std::ssize(elements), count);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(elements.data()) % base::kAlignment, 0U);
      std::ranges::fill(elements, static_cast<float>(step));
      held.push_back({elements, static_cast<float>(step)});
      continue;
    }
    const auto at = static_cast<size_t>(random.Integer(0, std::ssize(held) - 1));
    std::swap(held[at], held.back());
    for (float x : held.back().elements) ASSERT_EQ(x, held.back().mark);
    (random.Integer(0, 9) == 0 ? there : here).Give(held.back().elements);
    held.pop_back();
  }
  for (const Held& last : held) {
    for (float x : last.elements) ASSERT_EQ(x, last.mark);
  }
}

TEST(FloatBuffers, WhatIsGivenBackIsJoinedAgain) {
  FloatBuffers buffers;
  std::span<float> whole = buffers.Take(4096);
  const float* first = whole.data();
  buffers.Give(whole);
  std::vector<std::span<float>> parts;
  for (int i = 0; i < 16; ++i) parts.push_back(buffers.Take(256));
  for (size_t i : {3, 1, 0, 2, 15, 9, 4, 8, 7, 5, 6, 14, 10, 12, 13, 11}) buffers.Give(parts[i]);
  EXPECT_EQ(buffers.Take(4096).data(), first);
}

}  // namespace
}  // namespace goldcrest::quantize
