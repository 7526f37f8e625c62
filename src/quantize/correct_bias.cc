#include "quantize/correct_bias.h"

namespace goldcrest::quantize {

std::vector<float> BiasCorrection(const graph::Graph& graph, size_t index, const TwinRun& run) {
  const graph::ValueId id = graph.nodes[index].output;
  const auto channels = static_cast<size_t>(graph.value(id).shape.back());
  std::vector<double> sums(channels, 0);
  std::vector<float> of_sample(channels);
  size_t positions = 0;
  for (size_t s = 0; s < run.sample_count(); ++s) {
    const TwinRun::Pair& made = run.At(s, id);
    of_sample.assign(channels, 0);
    for (size_t first = 0; first + channels <= made.real.size(); first += channels) {
      ++positions;
      for (size_t c = 0; c < channels; ++c) {
        of_sample[c] += made.real[first + c] - made.twin[first + c];
      }
    }
    for (size_t c = 0; c < channels; ++c) sums[c] += of_sample[c];
  }
  std::vector<float> correction(channels);
  for (size_t c = 0; c < channels; ++c) {
    correction[c] = static_cast<float>(sums[c] / static_cast<double>(positions));
  }
  return correction;
}

}  // namespace goldcrest::quantize
