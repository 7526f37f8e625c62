// Pixels in memory.
#pragma once

#include <cstdint>
#include <vector>

namespace goldcrest::image {

// 8-bit RGB, row by row from the top, three bytes a pixel, nothing between rows.
struct Picture {
  int64_t width = 0;
  int64_t height = 0;
  std::vector<uint8_t> rgb;
};

}  // namespace goldcrest::image
