// Scales and zero points of a quantized model that look wrong.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace goldcrest::pipeline {

// One line each, of
// - an input whose integers span other reals than its input contract gives pictures,
// - weights with one scale, some of whose channels use few of its steps,
// - results of a ReLU or ReLU6 whose integers reach far outside of it,
// - a tensor that spans nothing, or numbers of an odd size,
// - an addition one of whose inputs is within a step or two of the other's.
// Silent for a model of floats.
std::vector<std::string> FindOddRanges(const graph::Graph& graph);

// How many times the largest scale of a tensor is the smallest.
double ScaleSpread(const tensor::Quantization& quantization);

}  // namespace goldcrest::pipeline
