// Model files of any format.
#pragma once

#include <string>

#include "graph/graph.h"

namespace goldcrest::testing {

graph::Graph MustRead(const std::string& path);

}  // namespace goldcrest::testing
