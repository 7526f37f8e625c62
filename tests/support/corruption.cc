#include "support/corruption.h"

#include <algorithm>
#include <cstring>

namespace goldcrest::testing {
namespace {

constexpr int64_t kEnds = 2048;
constexpr int64_t kLongestPiece = 64;

// A place below `count`.
size_t Place(size_t count, Random& random) {
  auto last = static_cast<int64_t>(count) - 1;
  switch (random.Integer(0, 3)) {
    case 0:
      return static_cast<size_t>(random.Integer(0, std::min(last, kEnds)));
    case 1:
      return static_cast<size_t>(random.Integer(std::max<int64_t>(0, last - kEnds), last));
    default:
      return static_cast<size_t>(random.Integer(0, last));
  }
}

void MakeNumberExtreme(std::string& bytes, Random& random) {
  constexpr uint64_t kNumbers[] = {
      0,      1,       0x7f,       0x80,       0xff,       0x7fff,           0x8000,
      0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, ~uint64_t{} >> 1, ~uint64_t{}};
  uint64_t number = kNumbers[random.Integer(0, std::size(kNumbers) - 1)];
  if (random.Integer(0, 3) == 0) number = random.Next() >> random.Integer(0, 63);
  const size_t at = Place(bytes.size(), random);
  const size_t width = std::min<size_t>(size_t{1} << random.Integer(0, 3), bytes.size() - at);
  if (random.Integer(0, 1) == 1) number = __builtin_bswap64(number << (64 - 8 * width));
  std::memcpy(bytes.data() + at, &number, width);
}

}  // namespace

std::string Corrupted(std::string bytes, Random& random) {
  if (bytes.empty()) return bytes;
  const size_t at = Place(bytes.size(), random);
  const size_t from = Place(bytes.size(), random);
  const auto piece = static_cast<size_t>(random.Integer(1, kLongestPiece));
  switch (random.Integer(0, 7)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.Integer(0, 7)));
      break;
    case 1:
    case 2:
      MakeNumberExtreme(bytes, random);
      break;
    case 3:
      bytes.replace(at, piece, bytes.substr(from, std::min(piece, bytes.size() - at)));
      break;
    case 4:
      bytes.erase(at, piece);
      break;
    case 5:
      bytes.insert(at, bytes.substr(from, piece));
      break;
    default:
      for (int64_t n = random.Integer(1, 4); n > 0; --n) {
        bytes[Place(bytes.size(), random)] = static_cast<char>(random.Next());
      }
  }
  return bytes;
}

}  // namespace goldcrest::testing
