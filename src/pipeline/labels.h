// Labels: one line a class.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::pipeline {

// The scores that the graph's first output holds for one picture, or -1 where that is not known.
int64_t ClassCount(const graph::Graph& graph);

// Reads a label file and fits it to the model: a first line "background" too many is dropped with a
// note; any other mismatch is an error that names both counts.
Result<std::vector<std::string>> ReadLabels(const std::string& path, int64_t classes,
                                            std::vector<std::string>& notes);

}  // namespace goldcrest::pipeline
