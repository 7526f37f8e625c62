// What a picture file is, by its first bytes, whether or not the rest can be decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace goldcrest::decode {

enum class Format : uint8_t { kUnknown, kJpeg, kPng, kBmp };

enum class Colors : uint8_t { kRgb, kGray, kCmyk };

struct Description {
  Format format = Format::kUnknown;
  Colors colors = Colors::kRgb;  // as stored; a palette is kRgb
  bool alpha = false;            // some of it may be transparent, which decoding drops
};

// Headers that are cut short give what they say so far.
Description Describe(std::span<const std::byte> file);

std::string_view NameOf(Format format);  // JPEG, PNG, BMP

// What a file would be by the end of its name.
Format FormatOfName(std::string_view path);

}  // namespace goldcrest::decode
