// The random numbers of base/random.h, by their short names.
#pragma once

#include "base/random.h"

namespace goldcrest::train {

using base::Mixed;
using base::UnitOf;

}  // namespace goldcrest::train
