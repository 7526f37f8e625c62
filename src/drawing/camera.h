// What a camera adds to a view: blur, exposure, noise.
#pragma once

#include <cstdint>
#include <vector>

#include "drawing/shapes.h"
#include "image/picture.h"

namespace goldcrest::drawing {

// A square of colours, row by row from the top.
struct Canvas {
  int64_t side = 0;
  std::vector<Color> pixels;
};

struct Camera {
  double blur = 0;       // sigma of the focus, in pixels
  double motion = 0;     // length of a streak, in pixels
  double direction = 0;  // of the streak, in radians
  double exposure = 1;   // factor
  double fog = 0;        // share of grey light
  double noise = 0;      // sigma, of full brightness
  uint64_t seed = 0;     // of the noise
};

image::Picture Photograph(Canvas canvas, const Camera& camera);

}  // namespace goldcrest::drawing
