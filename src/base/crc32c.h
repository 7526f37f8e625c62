// CRC-32C (Castagnoli), as TensorFlow's event files and checkpoints have it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace goldcrest::base {

// Polynomial 0x1edc6f41, reflected, as in RFC 3720.
uint32_t Crc32c(std::span<const std::byte> bytes);

// What these files store of it.
inline uint32_t MaskedCrc32c(uint32_t crc) { return std::rotr(crc, 15) + 0xa282ead8U; }

}  // namespace goldcrest::base
