#include "api/pixel_rows.h"

namespace goldcrest::api {

Status CheckPixels(int64_t width, int64_t height, int64_t& row_stride) {
  constexpr int64_t kLargestSide = int64_t{1} << 24;
  constexpr int64_t kMostPixels = int64_t{1} << 30;
  if (width < 1 || height < 1) {
    return Fail(ErrorCode::kUsage, "a picture of ", width, " x ", height, " pixels");
  }
  if (width > kLargestSide || height > kLargestSide || width * height > kMostPixels) {
    return Fail(ErrorCode::kLimit, "a picture of ", width, " x ", height,
                " pixels; the limits are ", kLargestSide, " a side and ", kMostPixels, " in all");
  }
  if (row_stride == 0) row_stride = 3 * width;
  if (row_stride > -3 * width && row_stride < 3 * width) {
    return Fail(ErrorCode::kUsage, "rows are ", row_stride, " bytes apart, but each has ",
                3 * width);
  }
  return {};
}

Result<const uint8_t*> PixelRows::NextRow() {
  // No address beyond the last row is made.
  if (given_++ > 0) next_ += row_stride_;
  return next_;
}

}  // namespace goldcrest::api
