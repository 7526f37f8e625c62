// Models that are built here: an architecture by its name, with weights of a file that holds
// nothing else, or with random ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::pipeline {

// What the command line says of it.
struct ArchitectureFlags {
  std::string name;  // empty: the file holds the whole model
  std::optional<double> alpha;
  std::optional<int64_t> size;
  std::optional<int64_t> classes;
  bool no_top = false;
  std::string weights;  // "random", or a file; empty: the file that is converted
  std::optional<uint64_t> seed;
  // Whether anything is said that needs a name.
  bool any() const { return alpha || size || classes || no_top || !weights.empty() || seed; }
};

// Builds the architecture with the weights of `file`, or with those that the flags name where it is
// empty.
Result<graph::Graph> BuildArchitecture(const ArchitectureFlags& flags, const std::string& file);

}  // namespace goldcrest::pipeline
