#include "graph/infer_rules.h"

namespace goldcrest::graph {

Status ExpectInputs(Inputs inputs, size_t least, size_t most) {
  if (inputs.size() >= least && inputs.size() <= most) return {};
  return Invalid("has ", inputs.size(), " inputs, ", least == most ? "" : base::Cat(least, " to "),
                 most, " expected");
}

Status ExpectRank(const char* what, const Facts& facts, size_t rank) {
  if (facts.shape.size() == rank) return {};
  return Invalid(what, " has ", facts.shape.size(), " dimensions, ", rank, " expected");
}

Status ExpectVector(const char* what, const Facts& facts, int64_t count) {
  if (facts.shape == tensor::Shape{count}) return {};
  return Invalid(what, " has the shape ", tensor::ToString(facts.shape), ", [", count,
                 "] expected");
}

}  // namespace goldcrest::graph
