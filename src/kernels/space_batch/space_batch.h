// Pictures of NHWC as block_h · block_w smaller ones along the batch, and back: pixel (h, w) of
// picture n is pixel (h / block_h, w / block_w) of small picture
// (h mod block_h · block_w + w mod block_w) · batch + n.
#pragma once

#include <cstddef>
#include <cstdint>

namespace goldcrest::kernels::space_batch {

struct Params {
  int64_t batch = 1, height = 1, width = 1;  // of the large pictures
  int64_t small_height = 1, small_width = 1;
  int64_t block_h = 1, block_w = 1;
  int64_t top = 0, left = 0;  // rows and columns that the large pictures lack at their beginning
  int64_t pixel_bytes = 4;
  std::byte zero = {};  // all bytes of what lies around

  int64_t small_batch() const { return batch * block_h * block_w; }
};

// Writes the rows [first, last) of the small pictures, all of them in order.
void ToBatch(const Params& params, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;
// Writes the rows [first, last) of the large pictures.
void ToSpace(const Params& params, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;

}  // namespace goldcrest::kernels::space_batch
