// Layers with weights whose activations are integers.
#include <cmath>

#include "backends/cpu/packed_weights.h"
#include "backends/cpu/quantized.h"
#include "graph/layer_types.h"
#include "kernels/convolution_grid.h"
#include "kernels/quantized_conv/quantized_conv.h"
#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::backends::cpu {
namespace {

using kernels::Rounding;
using tensor::Arithmetic;

enum class Layer : uint8_t { kConvolution, kDepthwise, kFullyConnected };

// How each engine rounds the sums of a layer.
Rounding RoundingOf(const Operands& operands, Layer kind) {
  const tensor::DType dtype = operands.in(0).dtype;
  if (dtype == tensor::DType::kInt16) {
    return kind == Layer::kFullyConnected ? Rounding::kWideSingle : Rounding::kWide;
  }
  switch (operands.arithmetic) {
    case Arithmetic::kXnnpack:
      return Rounding::kFloat;
    case Arithmetic::kReference:
      return kind == Layer::kFullyConnected ? Rounding::kSingle : Rounding::kDouble;
    case Arithmetic::kBuiltin:
      return kind == Layer::kDepthwise && dtype == tensor::DType::kUInt8 ? Rounding::kDouble
                                                                         : Rounding::kDoubleUp;
  }
  GOLDCREST_CHECK(false);
}

// A layer's constants in the form that kernels pack.
struct Constants {
  std::vector<int64_t> bias;
  std::vector<kernels::Multiplier> multipliers;
  std::span<const std::byte> filter;

  kernels::QuantizedWeights weights() const { return {filter, bias, multipliers}; }
};

}  // namespace

Status CheckFilter(const graph::Value& filter, int64_t channels) {
  const tensor::Quantization& q = filter.quantization;
  if (q.scale.size() != 1 && q.scale.size() != static_cast<size_t>(channels)) {
    return Fail(ErrorCode::kInvalid, "the weights '", filter.name, "' have ", q.scale.size(),
                " scales for ", channels, " output channels");
  }
  for (float scale : q.scale) {
    if (!std::isfinite(scale) || scale < 0) {
      return Fail(ErrorCode::kInvalid, "a scale of the weights '", filter.name, "' is ", scale);
    }
  }
  for (int64_t zero : q.zero_point) {
    if (zero == q.zero_point[0] && zero >= -128 && zero <= 255) continue;
    return Fail(ErrorCode::kUnsupported, "the weights '", filter.name,
                "' have zero points that differ; one for all is supported");
  }
  return {};
}

namespace {

// The factor as the engines compute it: in float32; and of one in fixed point in double, but for
// `short_product`, the product of scales in float32.
kernels::Multiplier MultiplierOf(float input, float filter, float output, bool short_product) {
  const double product = short_product ? static_cast<double>(input * filter)
                                       : static_cast<double>(input) * static_cast<double>(filter);
  return {.real = input * filter / output,
          .fixed = kernels::QuantizeMultiplier(product / static_cast<double>(output))};
}

Result<Constants> ReadConstants(const Operands& operands, int64_t channels, Layer kind) {
  const graph::Value& filter = operands.in(1);
  Constants constants{.filter = filter.constant->bytes()};
  const float input_scale = operands.in(0).quantization.scale[0];
  const float output_scale = operands.out().quantization.scale[0];
  const std::vector<float>& scales = filter.quantization.scale;
  const bool short_product = filter.dtype == tensor::DType::kUInt8 ||
                             (kind == Layer::kFullyConnected && scales.size() == 1);
  // What MultiplyWide, and the others, take.
  const int most_shift = RoundingOf(operands, kind) == Rounding::kWide ? 14 : 30;
  for (int64_t c = 0; c < channels; ++c) {
    const float scale = scales[scales.size() == 1 ? 0 : static_cast<size_t>(c)];
    constants.multipliers.push_back(MultiplierOf(input_scale, scale, output_scale, short_product));
    const kernels::Multiplier& m = constants.multipliers.back();
    if (!std::isfinite(m.real) || m.fixed.shift > most_shift) {
      return Fail(ErrorCode::kInvalid, "the scales of input ", input_scale, ", weights ", scale,
                  " and output ", output_scale, " do not go together");
    }
  }
  if (operands.count() > 2) {
    const graph::Value& bias = operands.in(2);
    if (bias.dtype == tensor::DType::kInt64) {
      const auto elements = bias.constant->As<int64_t>();
      constants.bias.assign(elements.begin(), elements.end());
    } else {
      const auto elements = bias.constant->As<int32_t>();
      constants.bias.assign(elements.begin(), elements.end());
    }
  }
  return constants;
}

// Checks types and scales of a layer with `channels` output channels.
Result<kernels::QuantizedLayer> LayerOf(const Operands& operands, int64_t channels,
                                        graph::Activation activation, Layer kind) {
  GOLDCREST_RETURN_IF_ERROR(ExpectConstantWeights(operands));
  const graph::Value& input = operands.in(0);
  const graph::Value& filter = operands.in(1);
  std::optional<tensor::DType> bias;
  if (operands.count() > 2) bias = operands.in(2).dtype;
  GOLDCREST_TRY(auto arithmetic, graph::LayerArithmeticOf(input.dtype, filter.dtype, bias));
  if (arithmetic == graph::LayerArithmetic::kFloat ||
      arithmetic == graph::LayerArithmetic::kHybrid || operands.out().dtype != input.dtype) {
    return Fail(ErrorCode::kUnsupported, "a layer from ", tensor::NameOf(input.dtype), " to ",
                tensor::NameOf(operands.out().dtype));
  }
  GOLDCREST_TRY(Scaled x, ScaledOf(input));
  GOLDCREST_TRY(Scaled y, ScaledOf(operands.out()));
  GOLDCREST_RETURN_IF_ERROR(CheckFilter(filter, channels));
  const bool xnnpack = operands.arithmetic == Arithmetic::kXnnpack && x.bytes();
  const kernels::IntegerClamp clamp = ClampOf(activation, y, xnnpack);
  return kernels::QuantizedLayer{
      .input = input.dtype,
      .filter = filter.dtype,
      .input_zero = x.zero,
      .filter_zero = static_cast<int32_t>(filter.quantization.zero_point[0]),
      .requantization = {.rounding = RoundingOf(operands, kind),
                         .zero_point = y.zero,
                         .low = clamp.low,
                         .high = clamp.high}};
}

Lowered LowerConvolution(kernels::quantized_conv::Params params, const Constants& constants,
                         const Operands& operands) {
  namespace conv = kernels::quantized_conv;
  params.layer.long_sums = kernels::HasLongSums(params.layer, constants.weights(),
                                                params.out_channels, params.depth(), false);
  params.layer.requantization.small_factors = kernels::HasSmallFactors(constants.multipliers);
  const conv::Row& row = Choose(conv::Rows(), params, operands);
  GOLDCREST_TRY(tensor::SharedBytes packed,
                PackedWeights(operands, row, params, constants.weights()));
  const kernels::Grid grid = kernels::MakeGrid({.pixels = params.pixels(),
                                                .tile_pixels = row.tile_pixels,
                                                .channels = params.out_channels,
                                                .panel_width = row.panel_width(params),
                                                .depth = params.depth(),
                                                .weight_bytes = 2});
  runtime::Step step{.kernel = std::string(row.name),
                     .chunks = grid.chunks(),
                     .run = [params, grid, run = row.run, packed = std::move(packed)](
                                int64_t chunk, const runtime::Buffers& b) noexcept {
                       run(params, b.In<std::byte>(0), packed.bytes().data(), b.Out<std::byte>(0),
                           grid.BlockOf<conv::Block>(chunk));
                     }};
  if (grid.panel_chunks == 1) {
    for (int64_t chunk = 0; chunk < grid.chunks(); ++chunk) {
      const auto block = grid.BlockOf<conv::Block>(chunk);
      step.progress.push_back(ProgressOf(params.window, {params.in_channels, params.out_channels},
                                         block.first_pixel, block.last_pixel));
    }
  }
  return Explained(std::move(step), conv::Rows(), params, operands);
}

// A filter of one input channel, HWO, as that of a convolution, OHW.
std::vector<std::byte> Turned(std::span<const std::byte> filter, int64_t channels) {
  const auto outputs = static_cast<size_t>(channels);
  const size_t taps = filter.size() / outputs;
  std::vector<std::byte> turned(filter.size());
  for (size_t i = 0; i < filter.size(); ++i) turned[i % outputs * taps + i / outputs] = filter[i];
  return turned;
}

}  // namespace

Lowered LowerQuantized(const graph::Conv2D& op, const Operands& operands) {
  const int64_t channels = operands.out().shape[3];
  GOLDCREST_TRY(kernels::QuantizedLayer layer,
                LayerOf(operands, channels, op.activation, Layer::kConvolution));
  GOLDCREST_TRY(Constants constants, ReadConstants(operands, channels, Layer::kConvolution));
  return LowerConvolution({.window = FilterWindow(op, operands),
                           .in_channels = operands.in(0).shape[3],
                           .out_channels = channels,
                           .layer = layer},
                          constants, operands);
}

// A convolution whose batch is the rows, each a picture of one pixel.
Lowered LowerQuantized(const graph::FullyConnected& op, const Operands& operands) {
  const tensor::Shape& weights = operands.in(1).shape;
  GOLDCREST_TRY(kernels::QuantizedLayer layer,
                LayerOf(operands, weights[0], op.activation, Layer::kFullyConnected));
  GOLDCREST_TRY(Constants constants, ReadConstants(operands, weights[0], Layer::kFullyConnected));
  return LowerConvolution({.window = {.batch = RowsOf(operands.out().shape)},
                           .in_channels = weights[1],
                           .out_channels = weights[0],
                           .layer = layer},
                          constants, operands);
}

Lowered LowerQuantized(const graph::DepthwiseConv2D& op, const Operands& operands) {
  namespace depthwise = kernels::quantized_depthwise;
  const int64_t in_channels = operands.in(0).shape[3];
  const int64_t channels = operands.out().shape[3];
  GOLDCREST_TRY(kernels::QuantizedLayer layer,
                LayerOf(operands, channels, op.activation, Layer::kDepthwise));
  GOLDCREST_TRY(Constants constants, ReadConstants(operands, channels, Layer::kDepthwise));
  depthwise::Params params{.window = FilterWindow(op, operands),
                           .in_channels = in_channels,
                           .multiplier = channels / in_channels,
                           .layer = layer,
                           .rest_is_double = layer.requantization.rounding == Rounding::kDoubleUp};
  if (in_channels == 1 && params.rest() == channels) {
    const std::vector<std::byte> filter = Turned(constants.filter, channels);
    constants.filter = filter;
    return LowerConvolution({.window = params.window, .out_channels = channels, .layer = layer},
                            constants, operands);
  }
  params.layer.long_sums =
      kernels::HasLongSums(layer, constants.weights(), channels, params.taps(), true);
  params.layer.requantization.small_factors = kernels::HasSmallFactors(constants.multipliers);
  const depthwise::Row& row = Choose(depthwise::Rows(), params, operands);
  GOLDCREST_TRY(tensor::SharedBytes packed,
                PackedWeights(operands, row, params, constants.weights()));
  const kernels::Window& window = params.window;
  runtime::Step step = InChunks(
      row.name, window.batch * window.out_h, window.out_w * channels * 2,  // read and written
      [params, run = row.run, packed = std::move(packed)](int64_t first, int64_t last,
                                                          const runtime::Buffers& b) {
        run(params, b.In<std::byte>(0), packed.bytes().data(), b.Out<std::byte>(0), first, last);
      },
      depthwise::RowsTogether(params));
  AddRowsProgress(step, window, {in_channels, channels}, depthwise::RowsTogether(params));
  return Explained(std::move(step), depthwise::Rows(), params, operands);
}

}  // namespace goldcrest::backends::cpu
