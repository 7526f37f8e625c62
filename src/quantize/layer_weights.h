// The weights of convolutions and fully connected layers, and what becomes of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "graph/graph.h"
#include "quantize/parameters.h"
#include "tensor/quantization.h"

namespace goldcrest::quantize {

// Weights as a matrix: a row for each output channel, a column for each number that it sums. Rows
// lie side by side (OHWI, OI) or are columns themselves (depthwise: 1HW(C·m)).
struct WeightRows {
  size_t channels = 0;
  size_t columns = 0;
  size_t channel_stride = 0;
  size_t column_stride = 0;
  int axis = 0;  // the dimension of the channels

  size_t At(size_t channel, size_t column) const {
    return channel * channel_stride + column * column_stride;
  }
};

// Of a layer that passes::IsLinearLayer accepts.
WeightRows RowsOf(const graph::Graph& graph, const graph::Node& layer);
std::span<const float> WeightsOf(const graph::Graph& graph, const graph::Node& layer);
// Zeros where the layer has none.
std::vector<float> BiasOf(const graph::Graph& graph, const graph::Node& layer);

// A layer as it will be: integers and their scales, and the bias in reals.
struct QuantizedLayer {
  tensor::DType dtype = tensor::DType::kInt8;
  std::vector<int16_t> integers;  // in the order of the weights
  tensor::Quantization quantization;
  std::vector<float> bias;
  // What the bias is counted in, as many as there are scales; none: scales of input times weights.
  std::vector<float> bias_steps;

  float ScaleOf(size_t channel) const {
    return quantization.scale[quantization.per_channel() ? channel : 0];
  }
};

// What weights of a type may be: int8 symmetric in [-127, 127], uint8 in [1, 255].
tensor::IntegerLimits WeightLimits(tensor::DType dtype);

// The reals that its integers stand for.
std::vector<float> Dequantized(const QuantizedLayer& layer, const WeightRows& rows);

struct WeightOptions {
  tensor::DType dtype = tensor::DType::kInt8;
  bool per_channel = true;
  // Scales that lose least by squared error, instead of those that reach the largest weight.
  bool search = false;
  // Of the layer's input. The bias is counted in steps of this times the weights' scale, which is
  // made large enough for its sums to stay within int32; none where they are wider or float.
  std::optional<float> input_scale;
};

// Rounded to the nearest.
QuantizedLayer QuantizeLayer(std::span<const float> weights, const WeightRows& rows,
                             std::vector<float> bias, const WeightOptions& options);

}  // namespace goldcrest::quantize
