#include "net/address.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace goldcrest::net {
namespace {

// The first `bits` of an address.
struct Block4 {
  std::array<uint8_t, 4> first;
  int bits;
};
struct Block6 {
  std::array<uint8_t, 4> first;  // the rest is zero
  int bits;
};

constexpr std::array<Block4, 15> kNotPublic4 = {{
    {{0, 0, 0, 0}, 8},        // this network
    {{10, 0, 0, 0}, 8},       // private
    {{100, 64, 0, 0}, 10},    // shared by providers
    {{127, 0, 0, 0}, 8},      // this machine
    {{169, 254, 0, 0}, 16},   // link-local
    {{172, 16, 0, 0}, 12},    // private
    {{192, 0, 0, 0}, 24},     // protocols
    {{192, 0, 2, 0}, 24},     // documentation
    {{192, 88, 99, 0}, 24},   // 6to4 relays
    {{192, 168, 0, 0}, 16},   // private
    {{198, 18, 0, 0}, 15},    // benchmarks
    {{198, 51, 100, 0}, 24},  // documentation
    {{203, 0, 113, 0}, 24},   // documentation
    {{224, 0, 0, 0}, 4},      // groups
    {{240, 0, 0, 0}, 4},      // reserved, and all
}};

// Of what is given out at all, 2000::/3, these are not for everybody.
constexpr Block6 kUnicast6 = {{0x20, 0, 0, 0}, 3};
constexpr std::array<Block6, 3> kNotPublic6 = {{
    {{0x20, 0x01, 0, 0}, 23},        // protocols, Teredo among them
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0, 0}, 20},        // documentation
}};

template <class Block>
bool LiesIn(const uint8_t* address, const Block& block) {
  for (int bit = 0; bit < block.bits; ++bit) {
    const auto byte = static_cast<size_t>(bit / 8);
    const int shift = 7 - bit % 8;
    if (((address[byte] ^ block.first[byte]) >> shift & 1) != 0) return false;
  }
  return true;
}

bool IsPublic4(const uint8_t* address) {
  return std::ranges::none_of(kNotPublic4, [&](const Block4& b) { return LiesIn(address, b); });
}

bool IsPublic6(const uint8_t* address) {
  // ::a.b.c.d, ::ffff:a.b.c.d and 64:ff9b::a.b.c.d end with an IPv4 address; 2002:: has one next.
  constexpr std::array<uint8_t, 12> kCompatible = {};
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<uint8_t, 12> kTranslated = {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  for (const auto& prefix : {kCompatible, kMapped, kTranslated}) {
    if (std::equal(prefix.begin(), prefix.end(), address)) return IsPublic4(address + 12);
  }
  if (address[0] == 0x20 && address[1] == 0x02) return IsPublic4(address + 2);
  return LiesIn(address, kUnicast6) &&
         std::ranges::none_of(kNotPublic6, [&](const Block6& b) { return LiesIn(address, b); });
}

}  // namespace

bool IsPublic(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address);
    return IsPublic4(reinterpret_cast<const uint8_t*>(&in.sin_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  return IsPublic6(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr.s6_addr);
}

}  // namespace goldcrest::net
