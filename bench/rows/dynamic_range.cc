#include "kernels/dynamic_range/dynamic_range.h"

#include <cmath>
#include <cstring>

#include "rows/contest.h"
#include "rows/work.h"

namespace goldcrest::bench {
namespace {

namespace range = kernels::dynamic_range;

// The range and the integers of what a convolution reads, as bytes.
void MeasureQuantization(Contest& contest, const Layer& layer) {
  const std::vector<float> x = NoiseFloats(CountOf(layer.inputs[0]));
  const auto count = static_cast<int64_t>(x.size());
  std::vector<std::byte> q(x.size());
  const range::Params params;
  // It is read twice.
  const roofline::Work work{.bytes_read = 2 * count * static_cast<int64_t>(sizeof(float)),
                            .bytes_written = count};
  contest.Measure(layer, work, range::Rows(), range::Rows().back(), params, Bytes(q),
                  [&](const range::Row& row) {
                    return [&] {
                      const range::Steps steps = range::StepsOf(params, row.range(x.data(), count));
                      row.quantize(steps, x.data(), count, q.data());
                    };
                  });
}

// The same as floats, of a depthwise layer, and the reals that are made of its sums.
void MeasureDepthwise(Contest& contest, const Layer& layer) {
  const std::vector<float> x = NoiseFloats(CountOf(layer.inputs[0]));
  const auto count = static_cast<int64_t>(x.size());
  const int64_t channels = layer.output.back();
  const std::vector<float> scales = NoiseFloats(channels);
  std::vector<float> sums = NoiseFloats(CountOf(layer.output));
  for (float& sum : sums) sum = std::trunc(sum * 30000);  // of integers
  const range::Channels each = {channels, scales.data(), scales.data()};
  const kernels::Reals reals = {.first = 0.5F, .clamp = {0, 6}};
  // What is read less the zero point, then what is made of sums in their place.
  std::vector<float> y(x.size() + sums.size());
  const range::Params params;
  const auto outputs = static_cast<int64_t>(sums.size());
  const auto size = static_cast<int64_t>(sizeof(float));
  // The input is read twice; sums are brought to their place first, which a layer need not do.
  const roofline::Work work{.bytes_read = 2 * (count + outputs) * size,
                            .bytes_written = (count + 2 * outputs) * size};
  contest.Measure(layer, work, range::Rows(), range::Rows().back(), params, Floats(y, 0),
                  [&](const range::Row& row) {
                    return [&] {
                      const range::Steps steps = range::StepsOf(params, row.range(x.data(), count));
                      row.centre(steps, x.data(), count, y.data());
                      float* const made = y.data() + count;
                      std::memcpy(made, sums.data(), sums.size() * sizeof(float));
                      row.to_reals(reals, each, outputs / channels, made);
                    };
                  });
}

}  // namespace

void MeasureDynamicRange(Contest& contest, const Layer& layer) {
  if (std::holds_alternative<graph::Conv2D>(layer.op) ||
      std::holds_alternative<graph::FullyConnected>(layer.op)) {
    MeasureQuantization(contest, layer);
  } else if (std::holds_alternative<graph::DepthwiseConv2D>(layer.op)) {
    MeasureDepthwise(contest, layer);
  }
}

}  // namespace goldcrest::bench
