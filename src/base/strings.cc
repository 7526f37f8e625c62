#include "base/strings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace goldcrest::base {
namespace {

template <class T>
void AppendNumber(std::string& text, T number) {
  std::array<char, 64> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

template <class T>
bool ParseNumber(std::string_view text, T& number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void Piece::AppendTo(std::string& text) const {
  switch (kind_) {
    case Kind::kText:
      text.append(text_, size_);
      return;
    case Kind::kCharacter:
      text += character_;
      return;
    case Kind::kDouble:
      return AppendNumber(text, double_);
    case Kind::kFloat:
      return AppendNumber(text, float_);
    case Kind::kSigned:
      return AppendNumber(text, signed_);
    case Kind::kUnsigned:
      return AppendNumber(text, unsigned_);
  }
}

std::string Joined(std::span<const Piece> pieces) {
  std::string text;
  for (const Piece& piece : pieces) piece.AppendTo(text);
  return text;
}

std::string Fixed(double number, int decimals) {
  std::array<char, 400> digits;
  int length = std::snprintf(digits.data(), digits.size(), "%.*f", decimals, number);
  return std::string(digits.data(), static_cast<size_t>(length));
}

std::string Short(int64_t number) {
  if (number >= 1000000) return Cat(Fixed(static_cast<double>(number) / 1e6, 2), " M");
  if (number >= 1000) return Cat(Fixed(static_cast<double>(number) / 1e3, 1), " k");
  return number == 0 ? "" : Cat(number);
}

std::string Milliseconds(double ms) {
  const double size = std::abs(ms);
  return Fixed(ms, size < 0.1 ? 4 : size < 100 ? 3 : 1);
}

std::string Bytes(uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"bytes", "KB", "MB", "GB", "TB"};
  double amount = static_cast<double>(bytes);
  size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return Cat(Fixed(amount, unit == 0 ? 0 : 1), " ", kUnits[unit]);
}

std::string Join(std::span<const std::string> parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

bool ParseInt(std::string_view text, int64_t& number) { return ParseNumber(text, number); }
bool ParseFloat(std::string_view text, double& number) { return ParseNumber(text, number); }

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4) return false;
    uint32_t code = lead & (0x3f >> more);
    for (int k = 0; k < more; ++k, ++i) {
      if (i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
      code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
    }
    constexpr std::array<uint32_t, 4> kSmallest = {0, 0x80, 0x800, 0x10000};
    bool surrogate = code >= 0xd800 && code < 0xe000;
    if (code < kSmallest[static_cast<size_t>(more)] || code > 0x10ffff || surrogate) return false;
  }
  return true;
}

std::string Nearest(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    size_t distance = EditDistance(word.substr(0, 64), candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace goldcrest::base
