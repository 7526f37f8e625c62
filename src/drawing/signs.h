// Traffic signs after the Vienna Convention on Road Signs and Signals, as drawings.
#pragma once

#include <string>
#include <vector>

#include "drawing/shapes.h"

namespace goldcrest::drawing {

struct Sign {
  std::string name;  // the class: "no_entry"
  Drawing drawing;   // within the circle of radius 1 around (0, 0)
};

// In the order of their names.
const std::vector<Sign>& Signs();

}  // namespace goldcrest::drawing
