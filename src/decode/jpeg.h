// JPEG through libjpeg-turbo.
#pragma once

#include "decode/decode.h"

namespace goldcrest::decode {

bool SniffJpeg(std::span<const std::byte> file);
Rows OpenJpeg(std::span<const std::byte> file, const Options& options);

}  // namespace goldcrest::decode
