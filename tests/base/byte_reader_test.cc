#include "base/byte_reader.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace goldcrest::base {
namespace {

TEST(ByteReader, ReadsBothOrders) {
  std::span<const std::byte> bytes = AsBytes("\x01\x02\x03\x04");
  EXPECT_EQ(ByteReader(bytes).Read<uint32_t>(), 0x04030201U);
  EXPECT_EQ(ByteReader(bytes, std::endian::big).Read<uint16_t>(), 0x0102);
}

TEST(ByteReader, StaysFailedPastTheEnd) {
  ByteReader reader(AsBytes("abc"));
  EXPECT_EQ(reader.Read<uint16_t>(), 'a' | 'b' << 8);
  EXPECT_EQ(reader.Read<uint32_t>(), 0U);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.left(), 0U);
  EXPECT_EQ(reader.Read<uint8_t>(), 0);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace goldcrest::base
