#include "backends/cpu/lower.h"
#include "graph/infer.h"
#include "kernels/conv/conv.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/fully_connected/fully_connected.h"

namespace goldcrest::backends::cpu {
namespace {

kernels::Window WindowOf(const graph::ConvolutionAttributes& op, const Operands& operands) {
  const tensor::Shape& in = operands.in(0).shape;
  const tensor::Shape& filter = operands.in(1).shape;
  const tensor::Shape& out = operands.out().shape;
  graph::PaddingCounts padding = graph::ResolvePadding(op, in[1], in[2], filter[1], filter[2]);
  return {.batch = in[0],
          .in_h = in[1],
          .in_w = in[2],
          .out_h = out[1],
          .out_w = out[2],
          .kernel_h = filter[1],
          .kernel_w = filter[2],
          .stride_h = op.stride_h,
          .stride_w = op.stride_w,
          .dilation_h = op.dilation_h,
          .dilation_w = op.dilation_w,
          .pad_top = padding.top,
          .pad_left = padding.left};
}

// A step of one chunk for each of `rows` rows of a kernel that takes (params, x, w, bias, y, rows).
template <class Row, class Params>
runtime::Step RowStep(const Row& row, const Params& params, int64_t rows) {
  return {.kernel = std::string(row.name),
          .chunks = rows,
          .run = [params, run = row.run](int64_t chunk, const runtime::Buffers& b) noexcept {
            run(params, b.In<float>(0), b.In<float>(1), b.In<float>(2), b.Out<float>(0), chunk,
                chunk + 1);
          }};
}

}  // namespace

Lowered Lower(const graph::Conv2D& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  kernels::conv::Params params{.window = WindowOf(op, operands),
                               .in_channels = operands.in(0).shape[3],
                               .out_channels = operands.out().shape[3],
                               .clamp = ClampOf(op.activation)};
  return RowStep(kernels::conv::Choose(params), params, params.window.batch * params.window.out_h);
}

Lowered Lower(const graph::DepthwiseConv2D& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  int64_t in_channels = operands.in(0).shape[3];
  kernels::depthwise::Params params{.window = WindowOf(op, operands),
                                    .in_channels = in_channels,
                                    .multiplier = operands.out().shape[3] / in_channels,
                                    .clamp = ClampOf(op.activation)};
  return RowStep(kernels::depthwise::Choose(params), params,
                 params.window.batch * params.window.out_h);
}

Lowered Lower(const graph::FullyConnected& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const tensor::Shape& weights = operands.in(1).shape;
  int64_t rows = 1;
  const tensor::Shape& out = operands.out().shape;
  for (size_t d = 0; d + 1 < out.size(); ++d) rows *= out[d];
  kernels::fully_connected::Params params{
      .rows = rows, .inputs = weights[1], .outputs = weights[0], .clamp = ClampOf(op.activation)};
  return RowStep(kernels::fully_connected::Choose(params), params, rows);
}

}  // namespace goldcrest::backends::cpu
