#include <algorithm>

#include "base/aligned_buffer.h"
#include "kernels/byte_table/byte_table.h"
#include "kernels/quantized_binary/quantized_binary.h"
#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"
#include "kernels/quantized_mean/quantized_mean.h"
#include "rows/contest.h"
#include "rows/work.h"

namespace goldcrest::bench {
namespace {

using roofline::Factors;

constexpr float kScale = 0.02F;
constexpr kernels::IntegerClamp kRange = {-128, 127};
// As converters make them behind a ReLU: int8, weights without a zero point.
constexpr kernels::QuantizedLayer kLayer = {
    .input_zero = -128,
    .requantization = {
        .zero_point = -128, .low = kRange.low, .high = kRange.high, .small_factors = true}};

// Weights of a layer, with factors that bring its sums into the range of bytes.
struct Weights {
  Weights(const tensor::Shape& shape, int64_t channels)
      : filter(NoiseBytes(CountOf(shape))),
        bias(static_cast<size_t>(channels), 100),
        multipliers(static_cast<size_t>(channels),
                    {.real = 1e-3F, .fixed = kernels::QuantizeMultiplier(1e-3)}) {
    // Never -128.
    for (std::byte& w : filter) w = w == std::byte{0x80} ? std::byte{0x81} : w;
  }
  kernels::QuantizedWeights view() const { return {filter, bias, multipliers}; }

  std::vector<std::byte> filter;
  std::vector<int64_t> bias;
  std::vector<kernels::Multiplier> multipliers;
};

void MeasureConvolution(Contest& contest, const Layer& layer) {
  using namespace kernels::quantized_conv;
  const tensor::Shape& filter = layer.inputs[1];
  const Params params{.window = layer.window,
                      .in_channels = filter.back(),
                      .out_channels = filter.front(),
                      .layer = kLayer};
  const std::vector<std::byte> x = NoiseBytes(CountOf(layer.inputs[0]));
  const Weights weights(filter, params.out_channels);
  std::vector<std::byte> y(static_cast<size_t>(CountOf(layer.output)));
  contest.Measure(layer, WorkOf(layer, params.depth(), Factors::kInt8), Rows(), Rows().back(),
                  params, Bytes(y), [&](const Row& row) {
                    base::AlignedBuffer packed(static_cast<size_t>(row.packed_bytes(params)));
                    row.pack(params, weights.view(), packed.data());
                    return [&, packed = std::move(packed)] {
                      ForEachBlock<Block>(row, params, 1, [&](const Block& block) {
                        row.run(params, x.data(), packed.data(), y.data(), block);
                      });
                    };
                  });
}

void MeasureDepthwise(Contest& contest, const Layer& layer) {
  using namespace kernels::quantized_depthwise;
  const int64_t channels = layer.inputs[0].back();
  const Params params{.window = layer.window,
                      .in_channels = channels,
                      .multiplier = layer.output.back() / channels,
                      .layer = kLayer};
  const std::vector<std::byte> x = NoiseBytes(CountOf(layer.inputs[0]));
  const Weights weights(layer.inputs[1], params.out_channels());
  std::vector<std::byte> y(static_cast<size_t>(CountOf(layer.output)));
  const int64_t rows = params.window.batch * params.window.out_h;
  contest.Measure(layer, WorkOf(layer, params.taps(), Factors::kInt8), Rows(), Rows().back(),
                  params, Bytes(y), [&](const Row& row) {
                    base::AlignedBuffer packed(static_cast<size_t>(row.packed_bytes(params)));
                    row.pack(params, weights.view(), packed.data());
                    return [&, packed = std::move(packed)] {
                      row.run(params, x.data(), packed.data(), y.data(), 0, rows);
                    };
                  });
}

void MeasureBinary(Contest& contest, const Layer& layer, bool add) {
  using namespace kernels::quantized_binary;
  if (layer.inputs[0] != layer.output) return;  // the larger comes first: lowering swaps them
  Params params;
  static_cast<kernels::Broadcast&>(params) =
      kernels::Broadcast::Over(layer.inputs[0], layer.inputs[1]);
  params.clamp = kRange;
  (add ? SetAddXnnpack : SetMulXnnpack)(params, kScale, kScale, kScale);
  const std::vector<std::byte> a = NoiseBytes(CountOf(layer.inputs[0]));
  const std::vector<std::byte> b = NoiseBytes(CountOf(layer.inputs[1]));
  std::vector<std::byte> y(a.size());
  contest.Measure(layer, WorkOf(layer, 0, Factors::kInt8), Rows(), Rows().back(), params, Bytes(y),
                  [&](const Row& row) {
                    return [&] {
                      row.run(params, a.data(), b.data(), y.data(), 0,
                              static_cast<int64_t>(y.size()));
                    };
                  });
}

// Of tables whose rows have no second operand and count elements.
template <class Row, class Params>
void MeasureUnary(Contest& contest, const Layer& layer, std::span<const Row> rows,
                  const Params& params) {
  const std::vector<std::byte> x = NoiseBytes(CountOf(layer.inputs[0]));
  std::vector<std::byte> y(static_cast<size_t>(CountOf(layer.output)));
  contest.Measure(layer, WorkOf(layer, 0, Factors::kInt8), rows, rows.back(), params, Bytes(y),
                  [&](const Row& row) {
                    return [&] {
                      row.run(params, x.data(), y.data(), 0, static_cast<int64_t>(y.size()));
                    };
                  });
}

}  // namespace

void MeasureIntegers(Contest& contest, const Layer& layer) {
  if (std::holds_alternative<graph::Conv2D>(layer.op) ||
      std::holds_alternative<graph::FullyConnected>(layer.op)) {
    MeasureConvolution(contest, layer);
  } else if (std::holds_alternative<graph::DepthwiseConv2D>(layer.op)) {
    MeasureDepthwise(contest, layer);
  } else if (std::holds_alternative<graph::Add>(layer.op)) {
    MeasureBinary(contest, layer, true);
  } else if (std::holds_alternative<graph::Mul>(layer.op)) {
    MeasureBinary(contest, layer, false);
  } else if (std::holds_alternative<graph::HardSwish>(layer.op)) {
    kernels::byte_table::Table table;
    std::ranges::fill(table, uint8_t{7});
    MeasureUnary(contest, layer, kernels::byte_table::Rows(), table);
  } else if (std::holds_alternative<graph::Mean>(layer.op)) {
    kernels::quantized_mean::Params params;
    params.inner = CountOf(layer.output);
    params.reduced = CountOf(layer.inputs[0]) / params.inner;
    params.clamp = kRange;
    SetXnnpack(params, {.scale = kScale, .zero = -3}, {.scale = kScale, .zero = 5});
    MeasureUnary(contest, layer, kernels::quantized_mean::Rows(), params);
  }
}

}  // namespace goldcrest::bench
