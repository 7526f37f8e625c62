// Text helpers: the standard library of GCC 12 has no std::format.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace goldcrest::base {

// What Cat takes: a text or a number, the latter in the shortest form that reads back to the same.
// One type for all, so that a call costs little more than its arguments.
class Piece {
 public:
  Piece(std::string_view text) : text_(text.data()), size_(text.size()), kind_(Kind::kText) {}
  Piece(const std::string& text) : Piece(std::string_view(text)) {}
  Piece(const char* text) : Piece(std::string_view(text)) {}
  Piece(char character) : character_(character), kind_(Kind::kCharacter) {}
  Piece(double number) : double_(number), kind_(Kind::kDouble) {}
  Piece(float number) : float_(number), kind_(Kind::kFloat) {}
  template <std::signed_integral T>
  Piece(T number) : signed_(number), kind_(Kind::kSigned) {}
  template <std::unsigned_integral T>
  Piece(T number) : unsigned_(number), kind_(Kind::kUnsigned) {}

  void AppendTo(std::string& text) const;

 private:
  enum class Kind : uint8_t { kText, kCharacter, kDouble, kFloat, kSigned, kUnsigned };
  union {
    const char* text_;
    char character_;
    double double_;
    float float_;
    int64_t signed_;
    uint64_t unsigned_;
  };
  size_t size_ = 0;  // of a text
  Kind kind_;
};

std::string Joined(std::span<const Piece> pieces);

// Cat("axis ", 3, " of ", name)
template <class... Parts>
std::string Cat(const Parts&... parts) {
  return Joined(std::array<Piece, sizeof...(Parts)>{Piece(parts)...});
}

// A number with a fixed count of decimals.
std::string Fixed(double number, int decimals);

// A number with a unit: 41.30 M; empty for 0.
std::string Short(int64_t number);

// A time in milliseconds, without the unit, with the digits that matter: 0.0123, 1.234, 123.4.
std::string Milliseconds(double ms);

// 12345678 bytes as "11.8 MB" (powers of 1024).
std::string Bytes(uint64_t bytes);

std::string Join(std::span<const std::string> parts, std::string_view separator);

// The number that `text` is, whole; false where it is none or does not fit.
bool ParseInt(std::string_view text, int64_t& number);
bool ParseFloat(std::string_view text, double& number);

// Whether `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

// The candidate nearest to `word` by edit distance, or "" where none is near enough to be meant.
std::string Nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace goldcrest::base
