// EXIF orientation.
#pragma once

#include "image/picture.h"

namespace goldcrest::image {

// Turns and mirrors a picture so that it is upright; `orientation` as EXIF tag 0x0112 says it
// (1 to 8; anything else leaves the picture as it is).
void ApplyOrientation(int orientation, Picture& picture);

}  // namespace goldcrest::image
