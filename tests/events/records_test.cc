#include "events/records.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/file.h"

namespace goldcrest::events {
namespace {

uint32_t CrcOf(const std::vector<uint8_t>& bytes) {
  return Crc32c(std::as_bytes(std::span(bytes)));
}

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
TEST(Records, Crc32c) {
  EXPECT_EQ(CrcOf(std::vector<uint8_t>(32, 0)), 0x8a9136aaU);
  EXPECT_EQ(CrcOf(std::vector<uint8_t>(32, 0xff)), 0x62a8ab43U);
  std::vector<uint8_t> rising(32);
  std::iota(rising.begin(), rising.end(), uint8_t{0});
  EXPECT_EQ(CrcOf(rising), 0x46dd794eU);
  EXPECT_EQ(CrcOf({rising.rbegin(), rising.rend()}), 0x113fdb5cU);
  EXPECT_EQ(Crc32c(base::AsBytes("123456789")), 0xe3069283U);
  EXPECT_EQ(CrcOf({}), 0U);
}

// The bytes that tf.io.TFRecordWriter of TensorFlow 2.21 writes for b"goldcrest" and b"".
TEST(Records, AreThoseOfTensorFlow) {
  constexpr uint8_t kWritten[] = {0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x37, 0xf9, 0x71,
                                  0x39, 0x67, 0x6f, 0x6c, 0x64, 0x63, 0x72, 0x65, 0x73, 0x74, 0x95,
                                  0x11, 0x29, 0xce, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                  0x29, 0x03, 0x98, 0x07, 0xd8, 0xea, 0x82, 0xa2};
  std::string file;
  AppendRecord(file, base::AsBytes("goldcrest"));
  AppendRecord(file, {});
  EXPECT_EQ(file, base::AsText(std::as_bytes(std::span(kWritten))));
}

}  // namespace
}  // namespace goldcrest::events
