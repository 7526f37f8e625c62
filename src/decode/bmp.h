// Windows bitmaps, uncompressed: 1, 4 and 8 bits with a palette, 24 and 32 bits; bottom-up and
// top-down (Microsoft's documentation of BITMAPFILEHEADER and BITMAPINFOHEADER).
#pragma once

#include "decode/decode.h"

namespace goldcrest::decode {

bool SniffBmp(std::span<const std::byte> file);
Rows OpenBmp(std::span<const std::byte> file, const Options& options);

}  // namespace goldcrest::decode
