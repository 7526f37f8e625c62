// Which layers of two models are the same.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tensor/shape.h"

namespace goldcrest::pipeline {

// What a layer is recognized by.
struct LayerKey {
  std::string name;
  std::string op;
  tensor::Shape shape;  // of its output
};

// Indices into the layers of either model; one of them is absent where only one model has the
// layer.
struct AlignedLayers {
  std::optional<size_t> before;
  std::optional<size_t> after;
};

// Every layer of both, in the order in which they run, what was removed before what was added.
// Layers of one name, operator and shape are the same, as far as that keeps the order (the longest
// rising subsequence). Between those the layers are aligned that have an operator in common, so
// that the sum of what pairs have in common is greatest (S. Needleman, C. Wunsch, 1970): name and
// shape before shape, before name, before the operator alone. A stretch of thousands of layers
// without a common one is not aligned.
std::vector<AlignedLayers> AlignLayers(std::span<const LayerKey> before,
                                       std::span<const LayerKey> after);

}  // namespace goldcrest::pipeline
