// Pixels → PNG.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace goldcrest::events {

// `rgb` is [height, width, 3], from the top.
Result<std::string> EncodePng(int64_t width, int64_t height, std::span<const uint8_t> rgb);

}  // namespace goldcrest::events
