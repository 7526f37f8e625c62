// What was found to be faster than the choice by rule, by measuring.
#pragma once

#include <functional>
#include <string_view>

#include "graph/graph.h"

namespace goldcrest::runtime {

struct Tuning {
  // The name of the kernel that is to run a node, or nothing: the choice by rule, which also takes
  // the place of a kernel that cannot. Asked by several threads at once; empty: by rule for all.
  std::function<std::string_view(const graph::Graph&, const graph::Node&)> kernel_of;
  bool bands = true;  // whether one thread mixes chunks of steps
};

}  // namespace goldcrest::runtime
