#include "backends/cpu/dynamic_range.h"
#include "backends/cpu/packed_weights.h"
#include "backends/cpu/quantized.h"
#include "kernels/conv/conv.h"
#include "kernels/convolution_grid.h"
#include "kernels/depthwise/depthwise.h"

namespace goldcrest::backends::cpu {
namespace {

const float* ConstantFloats(const Operands& operands, size_t i) {
  if (i >= operands.count()) return nullptr;
  return operands.in(i).constant->As<float>().data();
}

Lowered LowerConvolution(const kernels::conv::Params& params, const Operands& operands) {
  const kernels::conv::Row& row = Choose(kernels::conv::Rows(), params, operands);
  const auto pack = [&](std::byte* packed) {
    row.pack(params, ConstantFloats(operands, 1), ConstantFloats(operands, 2),
             reinterpret_cast<float*>(packed));
  };
  const int64_t size = row.packed_count(params) * static_cast<int64_t>(sizeof(float));
  GOLDCREST_TRY(tensor::SharedBytes packed,
                PackedWeights(operands, row.name, params.window, size, pack));
  const kernels::Grid grid = kernels::MakeGrid({.pixels = params.pixels(),
                                                .tile_pixels = row.tile_pixels,
                                                .channels = params.out_channels,
                                                .panel_width = row.panel_width(params),
                                                .depth = params.taps() * params.in_channels,
                                                .weight_bytes = sizeof(float)});
  runtime::Step lowered{.kernel = std::string(row.name),
                        .chunks = grid.chunks(),
                        .run = [params, grid, run = row.run, packed = std::move(packed)](
                                   int64_t chunk, const runtime::Buffers& b) noexcept {
                          run(params, b.In<float>(0), packed.As<float>().data(), b.Out<float>(0),
                              grid.BlockOf<kernels::conv::Block>(chunk));
                        }};
  if (grid.panel_chunks == 1) {
    for (int64_t chunk = 0; chunk < grid.chunks(); ++chunk) {
      const auto block = grid.BlockOf<kernels::conv::Block>(chunk);
      lowered.progress.push_back(ProgressOf(params.window,
                                            {params.in_channels, params.out_channels},
                                            block.first_pixel, block.last_pixel));
    }
  }
  return Explained(std::move(lowered), kernels::conv::Rows(), params, operands);
}

}  // namespace

kernels::Window FilterWindow(const graph::ConvolutionAttributes& op, const Operands& operands) {
  const tensor::Shape& filter = operands.in(1).shape;
  return WindowOf(op, filter[1], filter[2], operands);
}

Status ExpectConstantWeights(const Operands& operands) {
  for (size_t i = 1; i < operands.count(); ++i) {
    if (operands.in(i).constant) continue;
    return Fail(ErrorCode::kUnsupported, "its weights '", operands.in(i).name,
                "' are computed by the model; constants are supported");
  }
  return {};
}

int64_t RowsOf(const tensor::Shape& shape) {
  return *tensor::ElementCount(std::span(shape).first(shape.size() - 1));
}

Lowered Lower(const graph::Conv2D& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  if (IsDynamicRange(operands)) return LowerDynamicRange(op, operands);
  GOLDCREST_RETURN_IF_ERROR(ExpectConstantWeights(operands));
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  return LowerConvolution({.window = FilterWindow(op, operands),
                           .in_channels = operands.in(0).shape[3],
                           .out_channels = operands.out().shape[3],
                           .clamp = ClampOf(op.activation),
                           .in_order = IsInOrder(operands),
                           .bfloat16 = operands.precision == tensor::Precision::kBfloat16},
                          operands);
}

// A convolution whose batch is the rows, each a picture of one pixel.
Lowered Lower(const graph::FullyConnected& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  if (IsDynamicRange(operands)) return LowerDynamicRange(op, operands);
  GOLDCREST_RETURN_IF_ERROR(ExpectConstantWeights(operands));
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const tensor::Shape& weights = operands.in(1).shape;
  return LowerConvolution({.window = {.batch = RowsOf(operands.out().shape)},
                           .in_channels = weights[1],
                           .out_channels = weights[0],
                           .clamp = ClampOf(op.activation),
                           .in_order = IsInOrder(operands),
                           .bfloat16 = operands.precision == tensor::Precision::kBfloat16},
                          operands);
}

Lowered Lower(const graph::DepthwiseConv2D& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  if (IsDynamicRange(operands)) return LowerDynamicRange(op, operands);
  GOLDCREST_RETURN_IF_ERROR(ExpectConstantWeights(operands));
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  int64_t in_channels = operands.in(0).shape[3];
  kernels::depthwise::Params params{.window = FilterWindow(op, operands),
                                    .in_channels = in_channels,
                                    .multiplier = operands.out().shape[3] / in_channels,
                                    .clamp = ClampOf(op.activation),
                                    .in_order = IsInOrder(operands)};
  const kernels::depthwise::Row& row = Choose(kernels::depthwise::Rows(), params, operands);
  const kernels::Window& window = params.window;
  runtime::Step step = InChunks(
      row.name, window.batch * window.out_h,
      window.out_w * operands.out().shape[3] * 2,  // read and written
      [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
        run(params, b.In<float>(0), b.In<float>(1), b.In<float>(2), b.Out<float>(0), first, last);
      },
      kernels::depthwise::RowsTogether(params));
  AddRowsProgress(step, window, {in_channels, operands.out().shape[3]},
                  kernels::depthwise::RowsTogether(params));
  return Explained(std::move(step), kernels::depthwise::Rows(), params, operands);
}

}  // namespace goldcrest::backends::cpu
