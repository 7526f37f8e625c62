// Changes of the colours of a picture, as Pillow's ImageEnhance has them: of each, 1 (and of the
// hue, 0) is none. Bytes are rounded to the nearest (Pillow cuts off) and held within 0 and 255.
#pragma once

#include "image/picture.h"

namespace goldcrest::augment {

// x · factor.
void ChangeBrightness(double factor, image::Picture& picture);

// g + (x − g) · factor, g being the mean grey of the picture, rounded.
void ChangeContrast(double factor, image::Picture& picture);

// g + (x − g) · factor, g being the pixel's grey.
void ChangeSaturation(double factor, image::Picture& picture);

// The hue of HSV, turned by `turn` full circles.
void ChangeHue(double turn, image::Picture& picture);

}  // namespace goldcrest::augment
