#include "quantize/equalize.h"

#include <algorithm>
#include <cmath>

#include "passes/affine.h"
#include "passes/linear_layer.h"
#include "quantize/channel_chain.h"

namespace goldcrest::quantize {
namespace {

constexpr float kSix = 6;
// Sweeps over all layers, for a layer's weights take part in two chains.
constexpr int kSweeps = 6;
// A factor beyond these says that a channel is dead, not that it is small.
constexpr float kLargestFactor = 1e4F;

// The largest magnitude of a value's channels, kept up to date while they are scaled.
struct Scaling {
  ChannelChain chain;
  std::vector<float> largest;  // by channel; after the activation
  std::vector<double> factor;  // so far
};

float MostOf(const std::vector<float>& values) { return *std::ranges::max_element(values); }

// What the factor of a channel may be.
struct Bounds {
  float least, most;
};

Bounds BoundsOf(const Scaling& scaling, size_t channel, float largest_of_all) {
  const float largest = scaling.largest[channel];
  if (scaling.chain.activation == graph::Activation::kRelu6) {
    if (largest >= kSix) return {1, 1};
    // What was below the bound stays below it.
    return {1 / kLargestFactor, largest > 0 ? std::min(kSix / largest, kLargestFactor) : 1};
  }
  // No channel becomes larger than the largest is, for that would make all steps larger.
  return {1 / kLargestFactor,
          largest > 0 ? std::clamp(largest_of_all / largest, 1.0F, kLargestFactor) : 1};
}

std::vector<float> ReadBy(const graph::Graph& graph, const ChannelChain& chain) {
  std::vector<float> largest;
  for (size_t reader : chain.readers) {
    std::vector<float> by_input = LargestByInput(graph, graph.nodes[reader]);
    const float most = MostOf(by_input);
    if (largest.empty()) largest.assign(by_input.size(), 0);
    for (size_t c = 0; c < by_input.size() && c < largest.size(); ++c) {
      largest[c] = std::max(largest[c], most > 0 ? by_input[c] / most : 0);
    }
  }
  return largest;
}

// Multiplies the channels of a chain's value; false where weights would not be finite.
bool Multiply(graph::Graph& graph, const ChannelChain& chain, const passes::Affine& by) {
  graph::Node& producer = graph.nodes[chain.producer];
  passes::Affine back = by;
  for (double& scale : back.scale) scale = 1 / scale;
  if (!passes::AbsorbAfter(graph, producer, by, graph.NameOf(producer))) return false;
  for (size_t reader : chain.readers) {
    graph::Node& node = graph.nodes[reader];
    if (!passes::AbsorbBefore(graph, node, back, graph.NameOf(node))) return false;
  }
  return true;
}

// One chain's channels brought nearer to each other.
void EqualizeChain(graph::Graph& graph, Scaling& scaling) {
  constexpr float kWorthwhile = 0.01F;
  const std::vector<float> made = LargestByOutput(graph, graph.nodes[scaling.chain.producer]);
  const std::vector<float> read = ReadBy(graph, scaling.chain);
  const float most_made = MostOf(made);
  const float largest_of_all = MostOf(scaling.largest);
  if (made.size() != read.size() || most_made == 0) return;
  passes::Affine by{.scale = std::vector<double>(made.size(), 1),
                    .offset = std::vector<double>(made.size(), 0)};
  bool changes = false;
  for (size_t c = 0; c < made.size(); ++c) {
    if (made[c] == 0 || read[c] == 0) continue;
    const Bounds bounds = BoundsOf(scaling, c, largest_of_all);
    const float wanted = std::sqrt(read[c] / (made[c] / most_made));
    by.scale[c] = std::clamp(wanted, bounds.least, bounds.most);
    changes |= std::fabs(by.scale[c] - 1) > kWorthwhile;
  }
  if (!changes || !Multiply(graph, scaling.chain, by)) return;
  for (size_t c = 0; c < made.size(); ++c) {
    scaling.largest[c] *= static_cast<float>(by.scale[c]);
    scaling.factor[c] *= by.scale[c];
  }
}

}  // namespace

std::vector<bool> ScalableValues(const graph::Graph& graph) {
  std::vector<bool> scalable(graph.values.size(), false);
  for (const ChannelChain& chain : FindChains(graph)) {
    scalable[static_cast<size_t>(chain.value)] = true;
  }
  return scalable;
}

int Equalize(graph::Graph& graph, const Observers& observers) {
  std::vector<Scaling> scalings;
  for (ChannelChain& chain : FindChains(graph)) {
    const std::optional<Observer>& observer = observers[static_cast<size_t>(chain.value)];
    if (!observer) continue;
    Scaling scaling{.chain = std::move(chain)};
    for (size_t c = 0; c < observer->channel_highs().size(); ++c) {
      scaling.largest.push_back(
          std::max(observer->channel_highs()[c], -observer->channel_lows()[c]));
    }
    scaling.factor.assign(scaling.largest.size(), 1);
    scalings.push_back(std::move(scaling));
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (Scaling& scaling : scalings) EqualizeChain(graph, scaling);
  }
  int scaled = 0;
  for (const Scaling& scaling : scalings) {
    scaled +=
        static_cast<int>(std::ranges::count_if(scaling.factor, [](double f) { return f != 1; }));
  }
  return scaled;
}

int AbsorbHighBiases(graph::Graph& graph, const Observers& observers) {
  // Less than what was seen, for the model will see more.
  constexpr float kShare = 0.9F;
  int absorbed = 0;
  for (const ChannelChain& chain : FindChains(graph)) {
    const std::optional<Observer>& observer = observers[static_cast<size_t>(chain.value)];
    const bool clips = chain.activation != graph::Activation::kNone;
    if (!observer || chain.padded || !clips) continue;
    const size_t channels = observer->channel_lows().size();
    passes::Affine before{.scale = std::vector<double>(channels, 1),
                          .offset = std::vector<double>(channels, 0)};
    passes::Affine after = before;
    int here = 0;
    for (size_t c = 0; c < channels; ++c) {
      const bool bounded = chain.activation == graph::Activation::kRelu6;
      const bool reaches = bounded && observer->channel_highs()[c] >= kSix;
      if (observer->channel_lows()[c] <= 0 || reaches) continue;
      before.offset[c] = kShare * observer->channel_lows()[c];
      after.offset[c] = -before.offset[c];
      ++here;
    }
    if (here == 0) continue;
    graph::Node& producer = graph.nodes[chain.producer];
    bool done = passes::AbsorbAfter(graph, producer, after, graph.NameOf(producer));
    for (size_t reader : chain.readers) {
      graph::Node& node = graph.nodes[reader];
      done = done && passes::AbsorbBefore(graph, node, before, graph.NameOf(node));
    }
    absorbed += here;
  }
  return absorbed;
}

}  // namespace goldcrest::quantize
