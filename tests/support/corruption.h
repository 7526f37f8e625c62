// Files as accidents and strangers leave them.
#pragma once

#include <string>

#include "support/random.h"

namespace goldcrest::testing {

// The bytes with one change: a few bytes or a bit replaced, a number made extreme, a piece copied
// over another, cut out or doubled. Half of the changes fall near the file's ends, where formats
// keep what they say about themselves.
std::string Corrupted(std::string bytes, Random& random);

}  // namespace goldcrest::testing
