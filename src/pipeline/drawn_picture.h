// A picture that the program draws itself, for checks when there is none.
#pragma once

#include "image/picture.h"

namespace goldcrest::pipeline {

// The same picture each time: a sky, a hill, a bird and some grain, 256 x 256.
image::Picture DrawPicture();

}  // namespace goldcrest::pipeline
