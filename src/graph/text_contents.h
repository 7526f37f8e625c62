#pragma once

#include "graph/graph.h"
#include "graph/text_line.h"

namespace goldcrest::graph {

// Reads the contents of a constant of the text form, {1, 2.5}, {7} for all elements or
// random(SEED), into `value`, whose type and shape are known.
void ParseContents(Line& line, Value& value);

}  // namespace goldcrest::graph
