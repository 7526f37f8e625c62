// Smooth random surfaces.
#pragma once

#include <cstdint>

#include "drawing/shapes.h"

namespace goldcrest::drawing {

// Random numbers at whole coordinates, smooth between them; in [0, 1].
double ValueNoise(uint64_t seed, Point point);

// Sums of such surfaces, each of twice the frequency and half the height; in [0, 1], mostly near
// the middle.
double CloudNoise(uint64_t seed, Point point, int octaves);

}  // namespace goldcrest::drawing
