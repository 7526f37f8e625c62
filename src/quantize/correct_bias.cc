#include "quantize/correct_bias.h"

namespace goldcrest::quantize {
namespace {

// By channel the sum of what the float model has more, over all positions.
void SumDifferences(const TwinRun::Pair& made, std::span<float> sums) {
  std::span<const float> real = made.real;
  std::span<const float> twin = made.twin;
  for (size_t first = 0; first + sums.size() <= real.size(); first += sums.size()) {
    const float* x = real.data() + first;
    const float* y = twin.data() + first;
    for (size_t c = 0; c < sums.size(); ++c) sums[c] += x[c] - y[c];
  }
}

}  // namespace

std::vector<float> BiasCorrection(const graph::Graph& graph, size_t index, const TwinRun& run,
                                  base::ThreadPool& pool) {
  const graph::ValueId id = graph.nodes[index].output;
  const auto channels = static_cast<size_t>(graph.value(id).shape.back());
  std::vector<std::vector<float>> of_samples(run.sample_count(), std::vector<float>(channels));
  pool.ForEach(std::ssize(of_samples), [&](int64_t sample) noexcept {
    const auto s = static_cast<size_t>(sample);
    SumDifferences(run.At(s, id), of_samples[s]);
  });
  std::vector<double> sums(channels, 0);
  size_t positions = 0;
  for (size_t s = 0; s < of_samples.size(); ++s) {
    for (size_t c = 0; c < channels; ++c) sums[c] += of_samples[s][c];
    positions += run.At(s, id).real.size() / channels;
  }
  std::vector<float> correction(channels);
  for (size_t c = 0; c < channels; ++c) {
    correction[c] = static_cast<float>(sums[c] / static_cast<double>(positions));
  }
  return correction;
}

}  // namespace goldcrest::quantize
