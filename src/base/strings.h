// Text helpers: the standard library of GCC 12 has no std::format.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace goldcrest::base {

void Append(std::string& text, std::string_view part);
void Append(std::string& text, double number);  // shortest form that reads back to the same number
void Append(std::string& text, float number);
void Append(std::string& text, int64_t number);
void Append(std::string& text, uint64_t number);
inline void Append(std::string& text, const char* part) { Append(text, std::string_view(part)); }
inline void Append(std::string& text, char part) { text += part; }
template <std::integral T>
void Append(std::string& text, T number) {
  if constexpr (std::is_signed_v<T>) {
    Append(text, static_cast<int64_t>(number));
  } else {
    Append(text, static_cast<uint64_t>(number));
  }
}

// Cat("axis ", 3, " of ", name)
template <class... Parts>
std::string Cat(const Parts&... parts) {
  std::string text;
  (Append(text, parts), ...);
  return text;
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
