#include "quantize/layer_samples.h"

#include <algorithm>

#include "graph/padding.h"
#include "quantize/layer_weights.h"

namespace goldcrest::quantize {
namespace {

// How a layer's input lies around a position of its output.
struct Geometry {
  int64_t in_h = 1, in_w = 1, in_channels = 0;
  int64_t out_h = 1, out_w = 1, out_channels = 0;
  int64_t kernel_h = 1, kernel_w = 1;
  int64_t stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  int64_t top = 0, left = 0;
  bool depthwise = false;

  int64_t positions() const { return out_h * out_w; }
};

Geometry GeometryOf(const graph::Graph& graph, const graph::Node& node) {
  const tensor::Shape& x = graph.value(node.inputs[0]).shape;
  const tensor::Shape& y = graph.value(node.output).shape;
  Geometry g;
  g.in_channels = x.back();
  g.out_channels = y.back();
  if (std::holds_alternative<graph::FullyConnected>(node.op)) {
    for (size_t i = 0; i + 1 < y.size(); ++i) g.out_w *= y[i];
    g.in_w = g.out_w;
    return g;
  }
  g.depthwise = std::holds_alternative<graph::DepthwiseConv2D>(node.op);
  const graph::ConvolutionAttributes* op = std::get_if<graph::Conv2D>(&node.op);
  if (op == nullptr) op = &std::get<graph::DepthwiseConv2D>(node.op);
  const tensor::Shape& filter = graph.value(node.inputs[1]).shape;
  const graph::PaddingCounts zeros = graph::ResolvePadding(*op, x[1], x[2], filter[1], filter[2]);
  g.in_h = x[1];
  g.in_w = x[2];
  g.out_h = y[1];
  g.out_w = y[2];
  g.kernel_h = filter[1];
  g.kernel_w = filter[2];
  g.stride_h = op->stride_h;
  g.stride_w = op->stride_w;
  g.dilation_h = op->dilation_h;
  g.dilation_w = op->dilation_w;
  g.top = zeros.top;
  g.left = zeros.left;
  return g;
}

// Calls visit(tap, pixel's channels or null where zeros are) for each tap of the window.
template <class Visit>
void ForEachTap(const Geometry& g, const float* x, int64_t position, const Visit& visit) {
  const int64_t y0 = position / g.out_w * g.stride_h - g.top;
  const int64_t x0 = position % g.out_w * g.stride_w - g.left;
  for (int64_t i = 0; i < g.kernel_h; ++i) {
    for (int64_t j = 0; j < g.kernel_w; ++j) {
      const int64_t row = y0 + i * g.dilation_h;
      const int64_t column = x0 + j * g.dilation_w;
      const bool inside = row >= 0 && row < g.in_h && column >= 0 && column < g.in_w;
      const float* pixel = inside ? x + (row * g.in_w + column) * g.in_channels : nullptr;
      visit(static_cast<size_t>(i * g.kernel_w + j), pixel);
    }
  }
}

void TakeMeansAway(Matrix& matrix) {
  for (size_t i = 0; i < matrix.rows; ++i) {
    std::span<float> row = matrix.Row(i);
    double sum = 0;
    for (float x : row) sum += x;
    const auto mean = static_cast<float>(sum / static_cast<double>(row.size()));
    for (float& x : row) x -= mean;
  }
}

}  // namespace

LayerSamples GatherSamples(const graph::Graph& graph, size_t index, const TwinRun& run, Part part,
                           size_t most_positions) {
  constexpr size_t kHeldBackOf = 4;
  const graph::Node& node = graph.nodes[index];
  const Geometry g = GeometryOf(graph, node);
  std::vector<size_t> chosen;
  for (size_t s = 0; s < run.sample_count(); ++s) {
    const bool held_back = s % kHeldBackOf == kHeldBackOf - 1;
    if (held_back == (part == Part::kHeldBack)) chosen.push_back(s);
  }
  const size_t samples_chosen = std::max<size_t>(1, chosen.size());
  const auto of_each = static_cast<int64_t>((most_positions + samples_chosen - 1) / samples_chosen);
  const int64_t taken = std::min(of_each, g.positions());
  const size_t count = static_cast<size_t>(taken) * chosen.size();
  const auto channels = static_cast<size_t>(g.in_channels);
  const auto taps = static_cast<size_t>(g.kernel_h * g.kernel_w);
  LayerSamples samples{.inputs = Matrix(channels * taps, count),
                       .targets = Matrix(static_cast<size_t>(g.out_channels), count)};
  size_t at = 0;
  for (size_t s : chosen) {
    const float* x = run.At(s, node.inputs[0]).twin.data();
    const float* z = run.At(s, node.output).real.data();
    for (int64_t i = 0; i < taken; ++i, ++at) {
      // Evenly apart, and elsewhere in every sample.
      const int64_t position =
          (i * g.positions() / taken + static_cast<int64_t>(s) * 7) % g.positions();
      ForEachTap(g, x, position, [&](size_t tap, const float* pixel) {
        for (size_t c = 0; c < channels; ++c) {
          const size_t row = g.depthwise ? c * taps + tap : tap * channels + c;
          samples.inputs.Row(row)[at] = pixel == nullptr ? 0 : pixel[c];
        }
      });
      for (size_t o = 0; o < samples.targets.rows; ++o) {
        samples.targets.Row(o)[at] = z[position * g.out_channels + static_cast<int64_t>(o)];
      }
    }
  }
  TakeMeansAway(samples.inputs);
  TakeMeansAway(samples.targets);
  return samples;
}

}  // namespace goldcrest::quantize
