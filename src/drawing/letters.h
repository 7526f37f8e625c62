// Text of round strokes: capital letters, digits and a few signs, for signs and sheets.
#pragma once

#include <string_view>

#include "drawing/shapes.h"

namespace goldcrest::drawing {

struct Lettering {
  Point center;
  double height = 1;    // of capital letters
  double width = 0.15;  // of strokes
  double stretch = 1;   // letters are wider by this
  Color color;
};

// Adds a line of text; small letters become capitals, what is not known a gap.
void AddText(Drawing& drawing, std::string_view text, const Lettering& lettering);

// How wide it is.
double WidthOf(std::string_view text, const Lettering& lettering);

}  // namespace goldcrest::drawing
