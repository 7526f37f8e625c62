// What tells contents apart without comparing them.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace goldcrest::data {

// XXH3 of 128 bits: two contents that are not the same have the same by a chance of 2^-64 among
// four thousand million; nobody is kept from making such a pair.
struct ContentHash {
  uint64_t low = 0, high = 0;
  auto operator<=>(const ContentHash&) const = default;
};

ContentHash HashOf(std::span<const std::byte> bytes);

// 32 hexadecimal digits, the highest first.
std::string ToString(const ContentHash& hash);

}  // namespace goldcrest::data
