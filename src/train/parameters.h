// The numbers that training changes, and those that it only reads.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::train {

struct Parameter {
  graph::ValueId value = -1;  // of the graph, whose constant it was
  std::string name;
  size_t first = 0, count = 0;  // of all elements
  bool learned = false;         // by gradients; else fixed, or a batch normalization's statistic
  bool decays = false;          // weight decay holds for filters and weights, not for vectors
};

// All constants of float32 that a graph's nodes read, copied, those that are learned side by side
// at the beginning.
class Parameters {
 public:
  // By value of `graph`, whether it is learned.
  static Result<Parameters> Create(const graph::Graph& graph, const std::vector<bool>& learned);

  std::span<const Parameter> all() const { return list_; }
  // Null where the value is no such constant.
  float* Elements(graph::ValueId value);
  // Null where it is not learned.
  float* Gradient(graph::ValueId value);

  std::span<float> learned() { return {Data(elements_), learned_}; }
  std::span<float> gradients() { return {Data(gradients_), learned_}; }
  // Those that are learned, then the others.
  std::span<float> elements() { return {Data(elements_), total_}; }

  // Gives the constants of `graph`, of which this was made, the elements that are here now.
  void CopyTo(graph::Graph& graph) const;

 private:
  static float* Data(base::AlignedBuffer& buffer) {
    return reinterpret_cast<float*>(buffer.data());
  }

  std::vector<Parameter> list_;
  std::vector<int32_t> by_value_;  // index into the list, or -1
  base::AlignedBuffer elements_, gradients_;
  size_t learned_ = 0, total_ = 0;
};

}  // namespace goldcrest::train
