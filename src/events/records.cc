#include "events/records.h"

#include "base/crc32c.h"
#include "base/file.h"

namespace goldcrest::events {
namespace {

void AppendLittleEndian(std::string& text, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
}

void AppendChecksum(std::string& file, std::span<const std::byte> bytes) {
  AppendLittleEndian(file, base::MaskedCrc32c(base::Crc32c(bytes)), 4);
}

}  // namespace

void AppendRecord(std::string& file, std::span<const std::byte> bytes) {
  std::string length;
  AppendLittleEndian(length, bytes.size(), 8);
  file += length;
  AppendChecksum(file, base::AsBytes(length));
  file += base::AsText(bytes);
  AppendChecksum(file, bytes);
}

}  // namespace goldcrest::events
