// PNG through libpng: every colour type, depth and interlacing, as 8-bit RGB. Sixteen bits keep the
// high byte; transparency is dropped, not blended.
#pragma once

#include "decode/decode.h"

namespace goldcrest::decode {

bool SniffPng(std::span<const std::byte> file);
Rows OpenPng(std::span<const std::byte> file, const Options& options);

}  // namespace goldcrest::decode
