// Photographs of traffic signs that nobody has taken.
#pragma once

#include <cstddef>
#include <cstdint>

#include "image/picture.h"

namespace goldcrest::drawing {

// Training pictures show signs by day. Test pictures and new ones show them in places, poses and
// weather of which no training picture is, too.
enum class Part : uint8_t { kTraining, kTest, kNew };

struct SignPicture {
  size_t sign = 0;  // of Signs()
  Part part = Part::kTraining;
  int64_t index = 0;
  uint64_t seed = 0;
  int64_t side = 80;  // pixels
};

// The same bytes for the same numbers.
image::Picture Draw(const SignPicture& which);

// The sign alone, from the front, on a plain ground of this grey.
image::Picture DrawPlain(size_t sign, int64_t side, double grey);

}  // namespace goldcrest::drawing
