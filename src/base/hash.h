// What tells contents apart without comparing them, as fast as they can be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace goldcrest::base {

// Contents that are not the same have the same hash by a chance of 2^-64; nobody is kept from
// making such. Multiplied and folded as wyhash does it (Wang Yi, 2019), in four lanes. Hashes of
// several things are chained: each begins with the one before as its seed.
uint64_t Hash(uint64_t seed, std::span<const std::byte> bytes);

inline uint64_t Hash(uint64_t seed, std::string_view text) {
  return Hash(seed, std::as_bytes(std::span(text.data(), text.size())));
}

// Of numbers, or structs without gaps.
template <class T>
  requires std::has_unique_object_representations_v<T>
uint64_t HashOf(uint64_t seed, const T& value) {
  return Hash(seed, std::as_bytes(std::span(&value, 1)));
}

}  // namespace goldcrest::base
