#include "kernels/space_batch/space_batch.h"

#include <cstring>

namespace goldcrest::kernels::space_batch {

void ToBatch(const Params& p, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept {
  const auto bytes = static_cast<size_t>(p.pixel_bytes);
  for (int64_t row = first; row < last; ++row) {
    const int64_t picture = row / p.small_height;
    const int64_t place = picture / p.batch;  // in the block
    const int64_t h = row % p.small_height * p.block_h + place / p.block_w - p.top;
    for (int64_t column = 0; column < p.small_width; ++column) {
      const int64_t w = column * p.block_w + place % p.block_w - p.left;
      std::byte* to = y + (row * p.small_width + column) * p.pixel_bytes;
      if (h < 0 || h >= p.height || w < 0 || w >= p.width) {
        std::memset(to, static_cast<int>(p.zero), bytes);
      } else {
        const int64_t from = (picture % p.batch * p.height + h) * p.width + w;
        std::memcpy(to, x + from * p.pixel_bytes, bytes);
      }
    }
  }
}

void ToSpace(const Params& p, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept {
  for (int64_t row = first; row < last; ++row) {
    const int64_t h = row % p.height + p.top;
    for (int64_t column = 0; column < p.width; ++column) {
      const int64_t w = column + p.left;
      const int64_t picture =
          (h % p.block_h * p.block_w + w % p.block_w) * p.batch + row / p.height;
      const int64_t from =
          (picture * p.small_height + h / p.block_h) * p.small_width + w / p.block_w;
      std::memcpy(y + (row * p.width + column) * p.pixel_bytes, x + from * p.pixel_bytes,
                  static_cast<size_t>(p.pixel_bytes));
    }
  }
}

}  // namespace goldcrest::kernels::space_batch
