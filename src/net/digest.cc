// Both take blocks of 64 bytes, the last filled up with a bit, zeros and the length. The tables are
// not written down: they are digits of roots and sines, as the standards define them.
#include "net/digest.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace goldcrest::net {
namespace {

constexpr size_t kBlock = 64;
constexpr size_t kRounds = 64;

__extension__ using Wide = unsigned __int128;

// The first 32 bits behind the point of the square or cube root of a number below 2^9.
constexpr uint32_t FractionOfRoot(uint64_t number, int degree) {
  const Wide scaled = Wide{number} << (32 * degree);
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 40; bit != 0; bit >>= 1) {
    const Wide tried = root | bit;
    const Wide power = degree == 2 ? tried * tried : tried * tried * tried;
    if (power <= scaled) root |= bit;
  }
  return static_cast<uint32_t>(root);
}

template <size_t kCount>
constexpr std::array<uint32_t, kCount> RootsOfPrimes(int degree) {
  std::array<uint32_t, kCount> roots = {};
  uint64_t number = 1;
  for (uint32_t& root : roots) {
    bool prime = false;
    while (!prime) {
      ++number;
      prime = true;
      for (uint64_t d = 2; d * d <= number; ++d) prime = prime && number % d != 0;
    }
    root = FractionOfRoot(number, degree);
  }
  return roots;
}

template <std::endian kOrder>
uint32_t Word(const std::byte* bytes) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == kOrder ? word : std::byteswap(word);
}

class Sha256 {
 public:
  static constexpr std::endian kOrder = std::endian::big;
  std::array<uint32_t, 8> state = kStart;

  void Take(const std::byte* block) {
    std::array<uint32_t, kRounds> w;
    for (size_t i = 0; i < 16; ++i) w[i] = Word<kOrder>(block + 4 * i);
    for (size_t i = 16; i < kRounds; ++i) {
      const uint32_t before = w[i - 15];
      const uint32_t last = w[i - 2];
      const uint32_t a = std::rotr(before, 7) ^ std::rotr(before, 18) ^ (before >> 3);
      const uint32_t b = std::rotr(last, 17) ^ std::rotr(last, 19) ^ (last >> 10);
      w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (size_t i = 0; i < kRounds; ++i) {
      const uint32_t mixed_e = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const uint32_t chosen = (e & f) ^ (~e & g);
      const uint32_t first = h + mixed_e + chosen + kConstants[i] + w[i];
      const uint32_t mixed_a = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
      h = g;
      g = f;
      f = e;
      e = d + first;
      d = c;
      c = b;
      b = a;
      a = first + mixed_a + majority;
    }
    const std::array<uint32_t, 8> made = {a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < state.size(); ++i) state[i] += made[i];
  }

 private:
  static constexpr std::array<uint32_t, 8> kStart = RootsOfPrimes<8>(2);
  static constexpr std::array<uint32_t, kRounds> kConstants = RootsOfPrimes<kRounds>(3);
};

class Md5 {
 public:
  static constexpr std::endian kOrder = std::endian::little;
  std::array<uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

  void Take(const std::byte* block) {
    static const std::array<uint32_t, kRounds> constants = Sines();
    constexpr std::array<std::array<int, 4>, 4> kShifts = {
        {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
    auto [a, b, c, d] = state;
    for (size_t i = 0; i < kRounds; ++i) {
      const auto [mixed, at] = Round(i, b, c, d);
      const uint32_t sum = a + mixed + constants[i] + Word<kOrder>(block + 4 * at);
      a = d;
      d = c;
      c = b;
      b += std::rotl(sum, kShifts[i / 16][i % 4]);
    }
    const std::array<uint32_t, 4> made = {a, b, c, d};
    for (size_t i = 0; i < state.size(); ++i) state[i] += made[i];
  }

 private:
  static std::array<uint32_t, kRounds> Sines() {
    std::array<uint32_t, kRounds> sines;
    for (size_t i = 0; i < kRounds; ++i) {
      sines[i] = static_cast<uint32_t>(std::fabs(std::sin(static_cast<double>(i + 1))) * 0x1p32);
    }
    return sines;
  }

  // What of three words is mixed, and which word of the block is added.
  static std::pair<uint32_t, size_t> Round(size_t i, uint32_t b, uint32_t c, uint32_t d) {
    switch (i / 16) {
      case 0:
        return {(b & c) | (~b & d), i};
      case 1:
        return {(d & b) | (~d & c), (5 * i + 1) % 16};
      case 2:
        return {b ^ c ^ d, (3 * i + 5) % 16};
      default:
        return {c ^ (b | ~d), 7 * i % 16};
    }
  }
};

template <class Algorithm>
std::string HexOf(std::span<const std::byte> bytes) {
  Algorithm algorithm;
  const size_t whole = bytes.size() / kBlock * kBlock;
  for (size_t at = 0; at < whole; at += kBlock) algorithm.Take(bytes.data() + at);
  std::array<std::byte, 2 * kBlock> end = {};
  const std::span<const std::byte> rest = bytes.subspan(whole);
  std::ranges::copy(rest, end.begin());
  end[rest.size()] = std::byte{0x80};
  const size_t size = rest.size() + 1 + sizeof(uint64_t) <= kBlock ? kBlock : 2 * kBlock;
  uint64_t bits = uint64_t{bytes.size()} * 8;
  if (std::endian::native != Algorithm::kOrder) bits = std::byteswap(bits);
  std::memcpy(end.data() + size - sizeof bits, &bits, sizeof bits);
  for (size_t at = 0; at < size; at += kBlock) algorithm.Take(end.data() + at);
  std::string hex;
  for (uint32_t word : algorithm.state) {
    if (std::endian::native != Algorithm::kOrder) word = std::byteswap(word);
    std::array<std::byte, sizeof word> raw;
    std::memcpy(raw.data(), &word, sizeof word);
    for (std::byte b : raw) {
      for (int digit : {std::to_integer<int>(b >> 4), std::to_integer<int>(b & std::byte{15})}) {
        hex += "0123456789abcdef"[digit];
      }
    }
  }
  return hex;
}

constexpr size_t kSha256Digits = 64;
constexpr size_t kMd5Digits = 32;

}  // namespace

std::string_view NameOf(DigestKind kind) { return kind == DigestKind::kSha256 ? "SHA-256" : "MD5"; }

Result<Digest> ParseDigest(std::string_view text) {
  constexpr std::string_view kSha256 = "sha256:";
  constexpr std::string_view kMd5 = "md5:";
  std::string_view digits = text;
  size_t wanted = 0;
  if (digits.starts_with(kSha256)) wanted = kSha256Digits;
  if (digits.starts_with(kMd5)) wanted = kMd5Digits;
  if (wanted != 0) digits.remove_prefix(digits.find(':') + 1);
  const bool fits = wanted == 0 ? digits.size() == kSha256Digits || digits.size() == kMd5Digits
                                : digits.size() == wanted;
  Digest digest{digits.size() == kMd5Digits ? DigestKind::kMd5 : DigestKind::kSha256, {}};
  bool hexadecimal = true;
  for (char c : digits) {
    hexadecimal = hexadecimal && std::isxdigit(static_cast<unsigned char>(c)) != 0;
    digest.hex += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (fits && hexadecimal) return digest;
  return Fail(ErrorCode::kUsage, "'", text,
              "' is no digest: 64 hexadecimal digits are SHA-256, 32 are MD5");
}

Digest DigestOf(DigestKind kind, std::span<const std::byte> bytes) {
  return {kind, kind == DigestKind::kSha256 ? HexOf<Sha256>(bytes) : HexOf<Md5>(bytes)};
}

}  // namespace goldcrest::net
