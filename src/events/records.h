// TFRecord framing: how TensorFlow puts messages one behind the other into a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace goldcrest::events {

// CRC-32C (Castagnoli): polynomial 0x1edc6f41, reflected, as in RFC 3720.
uint32_t Crc32c(std::span<const std::byte> bytes);

// Appends a record: the length (8 bytes), its checksum, the bytes, their checksum, all little
// endian. A checksum is the CRC-32C turned right by 15 bits, plus 0xa282ead8.
void AppendRecord(std::string& file, std::span<const std::byte> bytes);

}  // namespace goldcrest::events
