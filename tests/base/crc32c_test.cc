#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/file.h"

namespace goldcrest::base {
namespace {

uint32_t CrcOf(const std::vector<uint8_t>& bytes) {
  return Crc32c(std::as_bytes(std::span(bytes)));
}

// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
TEST(Crc32c, CheckValues) {
  EXPECT_EQ(CrcOf(std::vector<uint8_t>(32, 0)), 0x8a9136aaU);
  EXPECT_EQ(CrcOf(std::vector<uint8_t>(32, 0xff)), 0x62a8ab43U);
  std::vector<uint8_t> rising(32);
  std::iota(rising.begin(), rising.end(), uint8_t{0});
  EXPECT_EQ(CrcOf(rising), 0x46dd794eU);
  EXPECT_EQ(CrcOf({rising.rbegin(), rising.rend()}), 0x113fdb5cU);
  EXPECT_EQ(Crc32c(AsBytes("123456789")), 0xe3069283U);
  EXPECT_EQ(CrcOf({}), 0U);
}

}  // namespace
}  // namespace goldcrest::base
