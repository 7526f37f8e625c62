#include "image/orientation.h"

#include <utility>

namespace goldcrest::image {

// EXIF 2.3, 4.6.4: where the upright picture's first row and first column lie in the stored one.
Turn TurnOf(int orientation) {
  if (orientation < 2 || orientation > 8) return {};
  return {
      .swapped = orientation >= 5,
      .from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8,
      .from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7};
}

void ApplyOrientation(int orientation, Picture& picture) {
  const auto [swapped, from_right, from_bottom] = TurnOf(orientation);
  if (!swapped && !from_right && !from_bottom) return;
  Picture upright{
      swapped ? picture.height : picture.width, swapped ? picture.width : picture.height, {}};
  upright.rgb.resize(picture.rgb.size());
  uint8_t* out = upright.rgb.data();
  for (int64_t y = 0; y < upright.height; ++y) {
    for (int64_t x = 0; x < upright.width; ++x) {
      int64_t column = swapped ? y : x;
      int64_t row = swapped ? x : y;
      if (from_right) column = picture.width - 1 - column;
      if (from_bottom) row = picture.height - 1 - row;
      const uint8_t* pixel = picture.rgb.data() + (row * picture.width + column) * 3;
      for (int c = 0; c < 3; ++c) *out++ = pixel[c];
    }
  }
  picture = std::move(upright);
}

}  // namespace goldcrest::image
