#include "decode/describe.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/file.h"
#include "decode/bmp.h"
#include "decode/jpeg.h"
#include "decode/png.h"

namespace goldcrest::decode {
namespace {

// Zero behind the end.
uint32_t ByteAt(std::span<const std::byte> file, size_t at) {
  return at < file.size() ? std::to_integer<uint32_t>(file[at]) : 0;
}

size_t BigEndian(std::span<const std::byte> file, size_t at, size_t bytes) {
  size_t number = 0;
  for (size_t i = 0; i < bytes; ++i) number = number << 8 | ByteAt(file, at + i);
  return number;
}

// The frame header (ITU-T T.81, B.2.2) says how many components there are.
void DescribeJpeg(std::span<const std::byte> file, Description& description) {
  for (size_t at = 2; at + 4 < file.size();) {
    const uint32_t marker = ByteAt(file, at + 1);
    if (ByteAt(file, at) != 0xff) return;
    if (marker == 0xff) {  // fill
      ++at;
      continue;
    }
    const bool frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      const uint32_t components = ByteAt(file, at + 9);
      if (components == 1) description.colors = Colors::kGray;
      if (components == 4) description.colors = Colors::kCmyk;
      return;
    }
    at += 2 + std::max<size_t>(BigEndian(file, at + 2, 2), 2);
  }
}

// The header's colour type, and a tRNS chunk before the pixels.
void DescribePng(std::span<const std::byte> file, Description& description) {
  constexpr size_t kColorType = 25;
  const uint32_t type = ByteAt(file, kColorType);
  if (type == 0 || type == 4) description.colors = Colors::kGray;
  description.alpha = type == 4 || type == 6;
  for (size_t at = 8; at + 8 <= file.size();) {
    const std::string_view name = base::AsText(file.subspan(at + 4, 4));
    if (name == "IDAT") return;
    if (name == "tRNS") description.alpha = true;
    at += 12 + BigEndian(file, at, 4);
  }
}

// Headers of 56 bytes and more have a mask for alpha.
void DescribeBmp(std::span<const std::byte> file, Description& description) {
  constexpr size_t kHeaderSize = 14, kBits = 28, kAlphaMask = 66;
  const bool masked = ByteAt(file, kHeaderSize) >= 56 && ByteAt(file, kBits) == 32;
  description.alpha = masked && BigEndian(file, kAlphaMask, 4) != 0;
}

}  // namespace

Description Describe(std::span<const std::byte> file) {
  Description description;
  if (SniffJpeg(file)) {
    description.format = Format::kJpeg;
    DescribeJpeg(file, description);
  } else if (SniffPng(file)) {
    description.format = Format::kPng;
    DescribePng(file, description);
  } else if (SniffBmp(file)) {
    description.format = Format::kBmp;
    DescribeBmp(file, description);
  }
  return description;
}

std::string_view NameOf(Format format) {
  constexpr std::array<std::string_view, 4> kNames = {"unknown", "JPEG", "PNG", "BMP"};
  return kNames[static_cast<size_t>(format)];
}

Format FormatOfName(std::string_view path) {
  const size_t dot = path.find_last_of("./");
  if (dot == path.npos || path[dot] == '/') return Format::kUnknown;
  std::string extension(path.substr(dot + 1));
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == "jpg" || extension == "jpeg" || extension == "jpe") return Format::kJpeg;
  if (extension == "png") return Format::kPng;
  return extension == "bmp" ? Format::kBmp : Format::kUnknown;
}

}  // namespace goldcrest::decode
