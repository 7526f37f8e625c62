// Scales and offsets by constants, one a channel: what batch normalizations, multiplications and
// additions of constants do.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace goldcrest::passes {

// y = x · scale + offset for each channel, the last dimension. Worked out in double.
struct Affine {
  std::vector<double> scale;
  std::vector<double> offset;

  size_t channels() const { return scale.size(); }
  bool scales() const;  // some scale is not 1
  bool shifts() const;  // some offset is not 0
};

// First `a`, then `b`; of as many channels.
Affine Then(const Affine& a, const Affine& b);

// The same for a value that is `affine`'s reshaped, with `channels` in the last dimension; none
// where it is not the same for each of these.
std::optional<Affine> Reshaped(const Affine& affine, size_t channels);

// Which of a node's operands an affine node scales: of a batch normalization with constant
// statistics, or of a multiplication or addition of a float32 constant that has one number, or one
// a channel. None for any other node. A fused activation comes after.
std::optional<graph::ValueId> AffineOperand(const graph::Graph& graph, const graph::Node& node);

// What such a node does; none where a number is not finite.
std::optional<Affine> AffineOf(const graph::Graph& graph, const graph::Node& node);

// Doubles as floats; none where one is not finite.
std::optional<std::vector<float>> Rounded(const std::vector<double>& numbers);

}  // namespace goldcrest::passes
