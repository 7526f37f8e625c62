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

// How a convolution is cut into chunks: by tiles of pixels, and by panels of output channels where
// their weights would fill the second-level cache or pixels are few.
struct Grid {
  int64_t tiles, panels;          // in all
  int64_t tile_step, panel_step;  // of one chunk
  int64_t tile_chunks, panel_chunks;
};

Grid MakeGrid(const kernels::conv::Row& row, const kernels::conv::Params& params) {
  // Multiplications of one chunk: some microseconds, enough to be worth a claim, and few enough
  // that no thread waits long for another's last.
  constexpr int64_t kLeastWork = int64_t{1} << 18;
  constexpr int64_t kMostChunks = 64;
  constexpr int64_t kMostWeights = int64_t{1} << 16;  // floats: half of a common second-level cache
  Grid grid;
  grid.tiles = (params.pixels() + row.tile_pixels - 1) / row.tile_pixels;
  grid.panels = kernels::conv::PanelCount(row, params);
  const int64_t panel = row.panel_width(params) * params.taps() * params.in_channels;
  const int64_t work = params.pixels() * params.out_channels * params.taps() * params.in_channels;
  const int64_t wanted = std::max(kLeastWork, work / kMostChunks);
  grid.panel_step = std::clamp<int64_t>(kMostWeights / panel, 1, grid.panels);
  const int64_t tile = grid.panel_step * panel * row.tile_pixels;  // work of one
  grid.tile_step = std::clamp<int64_t>(wanted / tile, 1, grid.tiles);
  grid.tile_chunks = (grid.tiles + grid.tile_step - 1) / grid.tile_step;
  grid.panel_chunks = (grid.panels + grid.panel_step - 1) / grid.panel_step;
  return grid;
}

// Chunks that share weights follow one another.
kernels::conv::Block BlockOf(const Grid& grid, int64_t pixels, int64_t chunk) {
  const int64_t first_tile = chunk % grid.tile_chunks * grid.tile_step;
  const int64_t last_tile = std::min(first_tile + grid.tile_step, grid.tiles);
  const int64_t first_panel = chunk / grid.tile_chunks * grid.panel_step;
  return {first_tile * pixels / grid.tiles, last_tile * pixels / grid.tiles, first_panel,
          std::min(first_panel + grid.panel_step, grid.panels)};
}

Lowered LowerConvolution(const kernels::conv::Params& params, const Operands& operands) {
  const kernels::conv::Row& row = kernels::conv::Choose(params, operands.isa);
  base::AlignedBuffer packed(static_cast<size_t>(row.packed_count(params)) * sizeof(float));
  if (!packed.ok()) return Fail(ErrorCode::kLimit, "no memory for its packed weights");
  row.pack(params, ConstantFloats(operands, 1), ConstantFloats(operands, 2),
           reinterpret_cast<float*>(packed.data()));
  const Grid grid = MakeGrid(row, params);
  runtime::Step lowered{.kernel = std::string(row.name),
                        .chunks = grid.tile_chunks * grid.panel_chunks,
                        .run = [params, grid, run = row.run, packed = std::move(packed)](
                                   int64_t chunk, const runtime::Buffers& b) noexcept {
                          run(params, b.In<float>(0), reinterpret_cast<const float*>(packed.data()),
                              b.Out<float>(0), BlockOf(grid, params.pixels(), chunk));
                        }};
  return Explained(std::move(lowered), kernels::conv::Rows(), params, operands.isa);
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
  const kernels::Window& window = params.window;
  runtime::Step step = InChunks(
      row.name, window.batch * window.out_h,
      window.out_w * operands.out().shape[3] * 2,  // read and written
      [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
        run(params, b.In<float>(0), b.In<float>(1), b.In<float>(2), b.Out<float>(0), first, last);
      });
  return Explained(std::move(step), kernels::depthwise::Rows(), params, operands.isa);
}

}  // namespace goldcrest::backends::cpu
