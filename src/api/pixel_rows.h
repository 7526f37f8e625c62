// Pictures that callers have in memory.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "image/row_source.h"

namespace goldcrest::api {

// Checks that the numbers describe a picture, and puts the distance of dense rows where the caller
// leaves it open.
Status CheckPixels(int64_t width, int64_t height, int64_t& row_stride);

// Rows of RGB pixels that lie `row_stride` bytes apart, which is negative where the last comes
// first. The caller keeps them.
class PixelRows final : public image::RowSource {
 public:
  PixelRows(const uint8_t* rgb, int64_t width, int64_t height, int64_t row_stride)
      : next_(rgb), row_stride_(row_stride) {
    SetSize(width, height, 1);
  }
  Result<const uint8_t*> NextRow() override;

 private:
  const uint8_t* next_;
  int64_t row_stride_;
  int64_t given_ = 0;
};

}  // namespace goldcrest::api
