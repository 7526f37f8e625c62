#include "base/crc32c.h"

#include <array>
#include <bit>
#include <cstring>

namespace goldcrest::base {
namespace {

// table[k][byte]: what a byte does to the sum k bytes later.
constexpr size_t kBytesAtOnce = 8;

constexpr std::array<std::array<uint32_t, 256>, kBytesAtOnce> MakeTables() {
  constexpr uint32_t kReflected = 0x82f63b78;
  std::array<std::array<uint32_t, 256>, kBytesAtOnce> tables{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kReflected : crc >> 1;
    tables[0][i] = crc;
  }
  for (size_t k = 1; k < kBytesAtOnce; ++k) {
    for (size_t i = 0; i < 256; ++i) {
      const uint32_t before = tables[k - 1][i];
      tables[k][i] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr auto kTables = MakeTables();

}  // namespace

uint32_t Crc32c(std::span<const std::byte> bytes) {
  uint32_t crc = ~0U;
  if constexpr (std::endian::native == std::endian::little) {
    for (; bytes.size() >= kBytesAtOnce; bytes = bytes.subspan(kBytesAtOnce)) {
      uint64_t word = 0;
      std::memcpy(&word, bytes.data(), kBytesAtOnce);
      word ^= crc;
      crc = 0;
      for (size_t k = 0; k < kBytesAtOnce; ++k) {
        crc ^= kTables[kBytesAtOnce - 1 - k][word >> (8 * k) & 0xff];
      }
    }
  }
  for (std::byte byte : bytes) {
    crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<uint32_t>(byte)) & 0xff];
  }
  return ~crc;
}

}  // namespace goldcrest::base
