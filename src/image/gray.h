// The grey of a colour.
#pragma once

#include <cstdint>

namespace goldcrest::image {

// ITU-R 601, in the fixed-point form of Pillow's convert('L').
constexpr uint8_t Gray(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

}  // namespace goldcrest::image
