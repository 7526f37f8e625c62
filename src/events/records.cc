#include "events/records.h"

#include <array>
#include <bit>

#include "base/file.h"

namespace goldcrest::events {
namespace {

constexpr std::array<uint32_t, 256> MakeTable() {
  constexpr uint32_t kReflected = 0x82f63b78;
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kReflected : crc >> 1;
    table[i] = crc;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kTable = MakeTable();

void AppendLittleEndian(std::string& text, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
}

void AppendChecksum(std::string& file, std::span<const std::byte> bytes) {
  AppendLittleEndian(file, std::rotr(Crc32c(bytes), 15) + 0xa282ead8U, 4);
}

}  // namespace

uint32_t Crc32c(std::span<const std::byte> bytes) {
  uint32_t crc = ~0U;
  for (std::byte byte : bytes) crc = crc >> 8 ^ kTable[(crc ^ static_cast<uint32_t>(byte)) & 0xff];
  return ~crc;
}

void AppendRecord(std::string& file, std::span<const std::byte> bytes) {
  std::string length;
  AppendLittleEndian(length, bytes.size(), 8);
  file += length;
  AppendChecksum(file, base::AsBytes(length));
  file += base::AsText(bytes);
  AppendChecksum(file, bytes);
}

}  // namespace goldcrest::events
