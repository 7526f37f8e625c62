#include <algorithm>
#include <iterator>

#include "base/aligned_buffer.h"
#include "kernels/binary/binary.h"
#include "kernels/conv/conv.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/mean/mean.h"
#include "kernels/softmax/softmax.h"
#include "kernels/unary/unary.h"
#include "rows/contest.h"
#include "rows/work.h"

namespace goldcrest::bench {
namespace {

using roofline::Factors;

constexpr kernels::Clamp kRelu6 = {0, 6};

void MeasureConvolution(Contest& contest, const Layer& layer) {
  using namespace kernels::conv;
  const tensor::Shape& filter = layer.inputs[1];
  const Params params{.window = layer.window,
                      .in_channels = filter.back(),
                      .out_channels = filter.front(),
                      .clamp = kRelu6};
  const std::vector<float> x = NoiseFloats(CountOf(layer.inputs[0]));
  const std::vector<float> w = NoiseFloats(CountOf(filter));
  const std::vector<float> bias = NoiseFloats(params.out_channels);
  std::vector<float> y(static_cast<size_t>(CountOf(layer.output)));
  auto measure = [&](const Params& p, Factors factors, std::span<const Row> rows) {
    // Of bfloat16 the reference knows nothing.
    const Answer answer = Floats(y, factors == Factors::kFloat32 ? 1e-4 : 3e-2);
    const roofline::Work work = WorkOf(layer, p.taps() * p.in_channels, factors);
    contest.Measure(layer, work, rows, Rows().back(), p, answer, [&](const Row& row) {
      base::AlignedBuffer packed(static_cast<size_t>(row.packed_count(p)) * sizeof(float));
      row.pack(p, w.data(), bias.data(), reinterpret_cast<float*>(packed.data()));
      return [&, packed = std::move(packed)] {
        ForEachBlock<Block>(row, p, sizeof(float), [&](const Block& block) {
          row.run(p, x.data(), reinterpret_cast<const float*>(packed.data()), y.data(), block);
        });
      };
    });
  };
  measure(params, Factors::kFloat32, Rows());
  // Then the rows that compute in bfloat16 only.
  Params rounded = params;
  rounded.bfloat16 = true;
  std::vector<Row> rounding;
  std::ranges::copy_if(Rows(), std::back_inserter(rounding), [&](const Row& row) {
    return !row.refuse(params).empty() && row.refuse(rounded).empty();
  });
  measure(rounded, Factors::kBfloat16, rounding);
}

void MeasureDepthwise(Contest& contest, const Layer& layer) {
  using namespace kernels::depthwise;
  const int64_t channels = layer.inputs[0].back();
  const Params params{.window = layer.window,
                      .in_channels = channels,
                      .multiplier = layer.output.back() / channels,
                      .clamp = kRelu6};
  const std::vector<float> x = NoiseFloats(CountOf(layer.inputs[0]));
  const std::vector<float> w = NoiseFloats(CountOf(layer.inputs[1]));
  const std::vector<float> bias = NoiseFloats(layer.output.back());
  std::vector<float> y(static_cast<size_t>(CountOf(layer.output)));
  const kernels::Window& window = params.window;
  contest.Measure(layer, WorkOf(layer, window.kernel_h * window.kernel_w, Factors::kFloat32),
                  Rows(), Rows().back(), params, Floats(y), [&](const Row& row) {
                    return [&] {
                      row.run(params, x.data(), w.data(), bias.data(), y.data(), 0,
                              window.batch * window.out_h);
                    };
                  });
}

void MeasureBinary(Contest& contest, const Layer& layer, kernels::binary::Operator op) {
  using namespace kernels::binary;
  if (layer.inputs[0] != layer.output) return;  // the larger comes first: lowering swaps them
  const Params params = Broadcast(op, layer.inputs[0], layer.inputs[1], kRelu6);
  const std::vector<float> a = NoiseFloats(CountOf(layer.inputs[0]));
  const std::vector<float> b = NoiseFloats(CountOf(layer.inputs[1]));
  std::vector<float> y(a.size());
  contest.Measure(layer, WorkOf(layer, 0, Factors::kFloat32), Rows(), Rows().back(), params,
                  Floats(y), [&](const Row& row) {
                    return [&] {
                      row.run(params, a.data(), b.data(), y.data(), 0,
                              static_cast<int64_t>(y.size()));
                    };
                  });
}

// Of tables whose rows have no second operand: y has `units` of what a row counts.
template <class Row, class Params>
void MeasureUnary(Contest& contest, const Layer& layer, std::span<const Row> rows,
                  const Params& params, int64_t units) {
  const std::vector<float> x = NoiseFloats(CountOf(layer.inputs[0]));
  std::vector<float> y(static_cast<size_t>(CountOf(layer.output)));
  contest.Measure(
      layer, WorkOf(layer, 0, Factors::kFloat32), rows, rows.back(), params, Floats(y),
      [&](const Row& row) { return [&] { row.run(params, x.data(), y.data(), 0, units); }; });
}

}  // namespace

void MeasureFloats(Contest& contest, const Layer& layer) {
  const int64_t outputs = CountOf(layer.output);
  if (std::holds_alternative<graph::Conv2D>(layer.op) ||
      std::holds_alternative<graph::FullyConnected>(layer.op)) {
    MeasureConvolution(contest, layer);
  } else if (std::holds_alternative<graph::DepthwiseConv2D>(layer.op)) {
    MeasureDepthwise(contest, layer);
  } else if (std::holds_alternative<graph::Add>(layer.op)) {
    MeasureBinary(contest, layer, kernels::binary::Operator::kAdd);
  } else if (std::holds_alternative<graph::Mul>(layer.op)) {
    MeasureBinary(contest, layer, kernels::binary::Operator::kMul);
  } else if (std::holds_alternative<graph::HardSwish>(layer.op)) {
    MeasureUnary(contest, layer, kernels::unary::Rows(),
                 kernels::unary::Params{.function = kernels::unary::Function::kHardSwish}, outputs);
  } else if (std::holds_alternative<graph::Mean>(layer.op)) {
    const kernels::mean::Params params{.reduced = CountOf(layer.inputs[0]) / outputs,
                                       .inner = outputs};
    MeasureUnary(contest, layer, kernels::mean::Rows(), params, outputs);
  } else if (std::holds_alternative<graph::Softmax>(layer.op)) {
    MeasureUnary(contest, layer, kernels::softmax::Rows(),
                 kernels::softmax::Params{.classes = layer.output.back()},
                 outputs / layer.output.back());
  }
}

}  // namespace goldcrest::bench
