#include <algorithm>

#include "backends/cpu/lower.h"
#include "kernels/conv/conv.h"
#include "kernels/depthwise/depthwise.h"

namespace goldcrest::backends::cpu {
namespace {

kernels::Window FilterWindow(const graph::ConvolutionAttributes& op, const Operands& operands) {
  const tensor::Shape& filter = operands.in(1).shape;
  return WindowOf(op, filter[1], filter[2], operands);
}

// Weights and bias are packed when the step is made, so they must be known by then.
Status ExpectConstants(const Operands& operands) {
  for (size_t i = 1; i < operands.count(); ++i) {
    if (operands.in(i).constant) continue;
    return Fail(ErrorCode::kUnsupported, "its weights '", operands.in(i).name,
                "' are computed by the model; constants are supported");
  }
  return ExpectFloat(operands);
}

const float* ConstantFloats(const Operands& operands, size_t i) {
  if (i >= operands.count()) return nullptr;
  return operands.in(i).constant->As<float>().data();
}

// Pixels of one chunk: enough for a thread to be worth waking, few enough to share out, and inputs
// and outputs together no more than half of a common second-level cache.
int64_t PixelsOfChunk(const kernels::conv::Params& params) {
  constexpr int64_t kFloats = 64 * 1024;
  constexpr int64_t kMultipleOfTiles = 48;  // of 6 and of 8 rows
  int64_t pixels = kFloats / (params.in_channels + params.out_channels);
  return std::max(pixels / kMultipleOfTiles, int64_t{1}) * kMultipleOfTiles;
}

Lowered LowerConvolution(const kernels::conv::Params& params, const Operands& operands) {
  const kernels::conv::Row& row = kernels::conv::Choose(params, operands.isa);
  base::AlignedBuffer packed(static_cast<size_t>(row.packed_count(params)) * sizeof(float));
  if (!packed.ok()) return Fail(ErrorCode::kLimit, "no memory for its packed weights");
  row.pack(params, ConstantFloats(operands, 1), ConstantFloats(operands, 2),
           reinterpret_cast<float*>(packed.data()));
  const int64_t step = PixelsOfChunk(params);
  const int64_t panels = kernels::conv::PanelCount(row, params);
  return runtime::Step{.kernel = std::string(row.name),
                       .chunks = (params.pixels() + step - 1) / step,
                       .run = [params, step, panels, run = row.run, packed = std::move(packed)](
                                  int64_t chunk, const runtime::Buffers& b) noexcept {
                         const int64_t last = std::min((chunk + 1) * step, params.pixels());
                         run(params, b.In<float>(0), reinterpret_cast<const float*>(packed.data()),
                             b.Out<float>(0), {chunk * step, last, 0, panels});
                       }};
}

}  // namespace

Lowered Lower(const graph::Conv2D& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectConstants(operands));
  return LowerConvolution({.window = FilterWindow(op, operands),
                           .in_channels = operands.in(0).shape[3],
                           .out_channels = operands.out().shape[3],
                           .clamp = ClampOf(op.activation)},
                          operands);
}

// A convolution whose batch is the rows, each a picture of one pixel.
Lowered Lower(const graph::FullyConnected& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectConstants(operands));
  const tensor::Shape& weights = operands.in(1).shape;
  const tensor::Shape& out = operands.out().shape;
  int64_t rows = *tensor::ElementCount(std::span(out).first(out.size() - 1));
  return LowerConvolution({.window = {.batch = rows},
                           .in_channels = weights[1],
                           .out_channels = weights[0],
                           .clamp = ClampOf(op.activation)},
                          operands);
}

Lowered Lower(const graph::DepthwiseConv2D& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectConstants(operands));
  int64_t in_channels = operands.in(0).shape[3];
  kernels::depthwise::Params params{.window = FilterWindow(op, operands),
                                    .in_channels = in_channels,
                                    .multiplier = operands.out().shape[3] / in_channels,
                                    .clamp = ClampOf(op.activation)};
  const kernels::depthwise::Row& row = kernels::depthwise::Choose(params, operands.isa);
  constexpr int64_t kRowsOfChunk = 4;
  const int64_t rows = params.window.batch * params.window.out_h;
  return runtime::Step{
      .kernel = std::string(row.name),
      .chunks = (rows + kRowsOfChunk - 1) / kRowsOfChunk,
      .run = [params, rows, run = row.run](int64_t chunk, const runtime::Buffers& b) noexcept {
        run(params, b.In<float>(0), b.In<float>(1), b.In<float>(2), b.Out<float>(0),
            chunk * kRowsOfChunk, std::min((chunk + 1) * kRowsOfChunk, rows));
      }};
}

}  // namespace goldcrest::backends::cpu
