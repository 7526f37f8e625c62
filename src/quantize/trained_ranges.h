// The ranges that a model was trained with: what its FakeQuant operators say, and what integers
// follow from it, by the rules of TensorFlow 1's converter.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "quantize/layer_weights.h"
#include "tensor/quantization.h"

namespace goldcrest::quantize {

struct TrainedRange {
  double low = 0;
  double high = 0;
  bool narrow = false;  // the lowest integer is not used
  bool operator==(const TrainedRange&) const = default;
};

// Scale and zero point before they are rounded to what files hold.
struct ExactScale {
  double scale = 1;
  int64_t zero = 0;

  tensor::Quantization parameters() const { return {{static_cast<float>(scale)}, {zero}}; }
};

// Zero is brought into the range and is an integer; so the range moves by less than a step.
ExactScale ScaleOf(const TrainedRange& range, tensor::DType dtype);

// Ranges of a constant.
struct TrainedWeights {
  std::vector<TrainedRange> ranges;  // one, or one for each index of dimension `axis`
  int64_t axis = 0;
  tensor::SharedBytes trained;  // its elements when they were taken: passes may change them
};
using WeightRanges = std::map<std::string, TrainedWeights>;  // by the constant's name

// Takes FakeQuant operators off constants, so that passes can work on these. The constant, not
// rounded, is what the operator's result was. An error where one rounds to other integers than
// those of 8 bits.
Result<WeightRanges> TakeWeightRanges(graph::Graph& graph);

// The range of a FakeQuant operator on activations; the same errors, and where it has several.
Result<TrainedRange> RangeOf(const graph::Graph& graph, const graph::Node& fake_quant);

// A layer in the integers that it was trained for. Where passes have multiplied its weights, a
// channel at a time, the ranges are multiplied along. Weights without ranges get those of their
// elements. uint8 has one range a layer; of int8 zero is the zero point: a range that is not
// symmetric grows until it is. `notes` say what was made up.
Result<QuantizedLayer> TrainedLayer(const graph::Graph& graph, const graph::Node& layer,
                                    const WeightRanges& ranges, tensor::DType dtype,
                                    const ExactScale& input, std::vector<std::string>& notes);

}  // namespace goldcrest::quantize
