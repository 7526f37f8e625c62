// EXIF orientation.
#pragma once

#include "image/picture.h"

namespace goldcrest::image {

// Where an upright picture lies in the stored one: its column x and row y are the stored column x
// and row y (the other way round where they are swapped), counted from the right or from the
// bottom.
struct Turn {
  bool swapped = false;
  bool from_right = false;
  bool from_bottom = false;
};

// `orientation` as EXIF tag 0x0112 says it: 1 to 8; anything else means upright.
Turn TurnOf(int orientation);

// Turns and mirrors a picture so that it is upright.
void ApplyOrientation(int orientation, Picture& picture);

}  // namespace goldcrest::image
