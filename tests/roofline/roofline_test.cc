#include "roofline/roofline.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/aligned_buffer.h"
#include "roofline/loops.h"

namespace goldcrest::roofline {
namespace {

Roofline Example() {
  return {.multiply_adds_per_s = {100, 200, 400},
          .memory = {{.size = 1000, .read_per_s = 50, .written_per_s = 25},
                     {.size = 8000, .read_per_s = 20, .written_per_s = 10}}};
}

TEST(Roofline, TheSlowestOfWhatMustBeDoneIsTheLimit) {
  const Roofline roofline = Example();
  // 1000 multiply-adds: 10 s, in bfloat16 5 s, in integers 2.5 s. 400 bytes read: 8 s. 300 written:
  // 12 s.
  Limit limit = LimitOf(roofline, {.multiply_adds = 1000, .bytes_read = 400});
  EXPECT_DOUBLE_EQ(limit.seconds, 10);
  EXPECT_FALSE(limit.by_memory);
  limit = LimitOf(roofline, {.multiply_adds = 1000, .factors = Factors::kBfloat16});
  EXPECT_DOUBLE_EQ(limit.seconds, 5);
  limit = LimitOf(roofline, {.multiply_adds = 1000, .factors = Factors::kInt8, .bytes_read = 400});
  EXPECT_DOUBLE_EQ(limit.seconds, 8);
  EXPECT_TRUE(limit.by_memory);
  limit = LimitOf(roofline, {.multiply_adds = 1000, .bytes_read = 400, .bytes_written = 300});
  EXPECT_DOUBLE_EQ(limit.seconds, 12);
  EXPECT_TRUE(limit.by_memory);
}

TEST(Roofline, BytesComeOutOfTheSmallestMemoryThatHoldsThem) {
  const Roofline roofline = Example();
  EXPECT_DOUBLE_EQ(LimitOf(roofline, {.bytes_read = 1000}).seconds, 20);
  EXPECT_DOUBLE_EQ(LimitOf(roofline, {.bytes_read = 2000}).seconds, 100);
  EXPECT_DOUBLE_EQ(LimitOf(roofline, {.bytes_read = 80000}).seconds, 4000);
  EXPECT_DOUBLE_EQ(LimitOf(roofline, {.bytes_written = 2000}).seconds, 200);
  // Without measurements of memory there is arithmetic.
  EXPECT_DOUBLE_EQ(LimitOf({.multiply_adds_per_s = {10}}, {.multiply_adds = 5}).seconds, 0.5);
}

TEST(Roofline, MeasuresAtEveryInstructionSet) {
  for (const base::Isa isa : base::MachineIsas()) {
    for (const int threads : {1, 3}) {
      const Roofline roofline = Measure(isa, threads);
      for (double rate : roofline.multiply_adds_per_s) EXPECT_GT(rate, 0);
      ASSERT_FALSE(roofline.memory.empty());
      size_t below = 0;
      for (const Bandwidth& memory : roofline.memory) {
        EXPECT_GT(memory.size, below);
        EXPECT_GT(memory.read_per_s, 0);
        EXPECT_GT(memory.written_per_s, 0);
        below = memory.size;
      }
    }
  }
}

TEST(RooflineLoops, WriteAllThatTheyAreGivenAndNothingElse) {
  for (const base::Isa isa : base::MachineIsas()) {
    const Loops& loops = LoopsOf(isa);
    EXPECT_LE(loops.isa, isa);
    base::AlignedBuffer buffer(4 * kPiece);
    ASSERT_TRUE(buffer.ok());
    for (std::byte& byte : buffer.bytes()) byte = std::byte{7};
    loops.read(buffer.data() + kPiece, 2 * kPiece);
    loops.write(buffer.data() + kPiece, 2 * kPiece);
    for (size_t i = 0; i < buffer.size(); ++i) {
      const bool inside = i >= kPiece && i < 3 * kPiece;
      ASSERT_EQ(buffer.data()[i], inside ? std::byte{0} : std::byte{7}) << i;
    }
  }
}

TEST(RooflineLoops, EachInstructionSetOfTheMachineHasItsOwn) {
  std::span<const base::Isa> isas = base::MachineIsas();
  for (const base::Isa isa : isas) EXPECT_EQ(LoopsOf(isa).isa, isa) << base::NameOf(isa);
  EXPECT_GE(AllLoops().size(), isas.size());
}

}  // namespace
}  // namespace goldcrest::roofline
