#include "base/hash.h"

#include <cstring>

namespace goldcrest::base {
namespace {

constexpr size_t kBlock = 64;

// Digits of pi.
constexpr uint64_t kSecret[] = {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0,
                                0x082efa98ec4e6c89};

__extension__ using Wide = unsigned __int128;

uint64_t Fold(uint64_t a, uint64_t b) {
  const Wide product = Wide{a} * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t Word(const std::byte* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

struct Lanes {
  uint64_t a, b, c, d;

  [[gnu::always_inline]] void Add(const std::byte* block) {
    a = Fold(Word(block) ^ kSecret[0], Word(block + 8) ^ a);
    b = Fold(Word(block + 16) ^ kSecret[1], Word(block + 24) ^ b);
    c = Fold(Word(block + 32) ^ kSecret[2], Word(block + 40) ^ c);
    d = Fold(Word(block + 48) ^ kSecret[3], Word(block + 56) ^ d);
  }
};

}  // namespace

uint64_t Hash(uint64_t seed, std::span<const std::byte> bytes) {
  Lanes lanes{seed ^ kSecret[0], seed ^ kSecret[1], seed ^ kSecret[2], seed ^ kSecret[3]};
  size_t at = 0;
  for (; at + kBlock <= bytes.size(); at += kBlock) lanes.Add(bytes.data() + at);
  if (at < bytes.size()) {
    std::byte rest[kBlock] = {};
    std::memcpy(rest, bytes.data() + at, bytes.size() - at);
    lanes.Add(rest);
  }
  const uint64_t half = Fold(lanes.a ^ kSecret[1], lanes.b ^ bytes.size());
  return Fold(half ^ kSecret[2], Fold(lanes.c ^ kSecret[3], lanes.d) ^ seed);
}

}  // namespace goldcrest::base
