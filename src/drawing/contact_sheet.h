// Many pictures on one, with what is said of them.
#pragma once

#include <span>
#include <string>

#include "image/picture.h"

namespace goldcrest::drawing {

struct SheetCell {
  image::Picture picture;
  std::string title, subtitle;  // letters, digits, . and %
  bool right = true;            // framed in green, else in red
};

// Rows of cells from the top; all pictures have the size of the first. There is one at least.
image::Picture DrawContactSheet(std::span<const SheetCell> cells, int64_t columns);

}  // namespace goldcrest::drawing
