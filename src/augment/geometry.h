// Changes of where the pixels of a picture lie.
#pragma once

#include "augment/draws.h"
#include "image/crop.h"
#include "image/picture.h"

namespace goldcrest::augment {

// Mirrored left to right.
void Flip(image::Picture& picture);

// A part of a picture of which to make a whole one: its area a share from `least_share` to 1, its
// proportions from 3/4 to 4/3 of the picture's, both drawn evenly (the latter by its logarithm),
// anywhere (Szegedy et al., "Going deeper with convolutions", 2015). Where ten draws have found
// none that fits, it is the whole.
image::Region DrawRegion(double least_share, int64_t width, int64_t height, Draws& draws);

// `in` turned by so many degrees against the clock around its middle, bilinear, as Pillow's
// Image.rotate has it. What comes from outside is the picture's reflection at its edge.
void Rotate(const image::Picture& in, double degrees, image::Picture& out);

// Paints a square of `side` pixels grey around the pixel (x, y), as far as it lies in the picture
// (DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout",
// 2017).
inline constexpr uint8_t kCutoutGray = 127;
void CutOut(int64_t x, int64_t y, int64_t side, image::Picture& picture);

}  // namespace goldcrest::augment
