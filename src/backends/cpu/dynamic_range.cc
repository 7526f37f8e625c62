#include "backends/cpu/dynamic_range.h"

#include "backends/cpu/packed_weights.h"
#include "backends/cpu/quantized.h"
#include "graph/layer_types.h"
#include "kernels/convolution_grid.h"
#include "kernels/depthwise/depthwise.h"
#include "kernels/dynamic_range/dynamic_range.h"
#include "kernels/quantized_conv/quantized_conv.h"

namespace goldcrest::backends::cpu {
namespace {

namespace range = kernels::dynamic_range;

// What a layer reads, quantized by item before its chunks run: the range of each part of an item,
// and then all of it: bytes, or floats less the zero point.
class Activations {
 public:
  Activations(const graph::Value& x, int64_t items, range::Params params, bool floats,
              base::Isa isa)
      : params_(params),
        floats_(floats),
        row_(&range::Choose(params, isa)),
        items_(items),
        elements_(*tensor::ElementCount(x.shape) / items),
        parts_((elements_ + kPart - 1) / kPart) {}

  // Where the step's chunks find them.
  std::byte* Elements(const runtime::Buffers& b) const { return b.scratch + RangeBytes(); }
  range::Steps StepsOf(const runtime::Buffers& b, int64_t item) const {
    const auto* ranges = reinterpret_cast<const range::Range*>(b.scratch) + item * parts_;
    range::Range all;
    for (int64_t part = 0; part < parts_; ++part) {
      all.least = std::min(all.least, ranges[part].least);
      all.greatest = std::max(all.greatest, ranges[part].greatest);
    }
    return range::StepsOf(params_, all);
  }

  void Prepare(runtime::Step& step) const {
    const auto all = static_cast<size_t>(items_ * elements_);
    step.scratch_bytes = RangeBytes() + all * (floats_ ? sizeof(float) : 1);
    step.preparations.push_back(
        {items_ * parts_, [self = *this](int64_t chunk, const runtime::Buffers& b) noexcept {
           reinterpret_cast<range::Range*>(b.scratch)[chunk] =
               self.row_->range(b.In<float>(0) + self.FirstOf(chunk), self.CountOf(chunk));
           if (self.parts_ == 1) self.Quantize(chunk, b);
         }});
    if (parts_ == 1) return;
    step.preparations.push_back(
        {items_ * parts_, [self = *this](int64_t chunk, const runtime::Buffers& b) noexcept {
           self.Quantize(chunk, b);
         }});
  }

 private:
  static constexpr int64_t kPart = 2 * kElementsOfChunk;

  size_t RangeBytes() const {
    return base::AlignUp(static_cast<size_t>(items_ * parts_) * sizeof(range::Range));
  }
  int64_t FirstOf(int64_t chunk) const {
    return chunk / parts_ * elements_ + chunk % parts_ * kPart;
  }
  int64_t CountOf(int64_t chunk) const {
    return std::min(kPart, elements_ - chunk % parts_ * kPart);
  }

  void Quantize(int64_t chunk, const runtime::Buffers& b) const {
    const range::Steps steps = StepsOf(b, chunk / parts_);
    const float* x = b.In<float>(0) + FirstOf(chunk);
    if (floats_) {
      row_->centre(steps, x, CountOf(chunk),
                   reinterpret_cast<float*>(Elements(b)) + FirstOf(chunk));
    } else {
      row_->quantize(steps, x, CountOf(chunk), Elements(b) + FirstOf(chunk));
    }
  }

  range::Params params_;
  bool floats_;
  const range::Row* row_;
  int64_t items_, elements_, parts_;
};

struct Constants {
  std::span<const std::byte> filter;
  std::vector<kernels::Multiplier> multipliers;
};

Result<Constants> ReadConstants(const Operands& operands, int64_t channels) {
  GOLDCREST_RETURN_IF_ERROR(ExpectConstantWeights(operands));
  const graph::Value& filter = operands.in(1);
  GOLDCREST_RETURN_IF_ERROR(CheckFilter(filter, channels));
  Constants constants{filter.constant->bytes(),
                      std::vector<kernels::Multiplier>(static_cast<size_t>(channels))};
  const std::vector<float>& scales = filter.quantization.scale;
  for (size_t c = 0; c < constants.multipliers.size(); ++c) {
    constants.multipliers[c].real = scales[scales.size() == 1 ? 0 : c];
    if (operands.count() > 2) {
      constants.multipliers[c].bias = operands.in(2).constant->As<float>()[c];
    }
  }
  return constants;
}

kernels::QuantizedLayer LayerOf(const graph::Value& filter, graph::Activation activation) {
  return {.filter = filter.dtype,
          .filter_zero = static_cast<int32_t>(filter.quantization.zero_point[0]),
          .requantization = {.rounding = kernels::Rounding::kToReals,
                             .reals = {.clamp = ClampOf(activation)}}};
}

// Convolutions with one scale for all of their weights are of the time before zero points, and
// TensorFlow Lite takes those whose scales are all the same for such.
bool HasOneScale(const Operands& operands) {
  const std::vector<float>& scales = operands.in(1).quantization.scale;
  return std::ranges::adjacent_find(scales, std::ranges::not_equal_to()) == scales.end();
}

// How the activations of a layer are quantized, and whether it is the product of both scales that
// is multiplied by a sum.
struct Formula {
  bool symmetric, product_first;
};

void SetScale(const Formula& formula, const range::Steps& steps, kernels::Reals& reals) {
  (formula.product_first ? reals.first : reals.second) = steps.scale;
  reals.zero = steps.zero;
}

Lowered LowerConvolution(const kernels::quantized_conv::Params& params, const Constants& constants,
                         const Formula& formula, const Operands& operands) {
  namespace conv = kernels::quantized_conv;
  const conv::Row& row = Choose(conv::Rows(), params, operands);
  GOLDCREST_TRY(
      tensor::SharedBytes packed,
      PackedWeights(operands, row, params, {constants.filter, {}, constants.multipliers}));
  const kernels::Grid grid = kernels::MakeGrid({.pixels = params.pixels(),
                                                .tile_pixels = row.tile_pixels,
                                                .channels = params.out_channels,
                                                .panel_width = row.panel_width(params),
                                                .depth = params.depth(),
                                                .weight_bytes = 2});
  const Activations activations(operands.in(0), params.window.batch,
                                {.symmetric = formula.symmetric}, false, operands.isa);
  runtime::Step step{
      .kernel = std::string(row.name),
      .chunks = grid.chunks(),
      .run = [params, formula, grid, activations, run = row.run, packed = std::move(packed)](
                 int64_t chunk, const runtime::Buffers& b) noexcept {
        const auto block = grid.BlockOf<conv::Block>(chunk);
        const int64_t of_item = params.window.out_h * params.window.out_w;
        for (int64_t pixel = block.first_pixel; pixel < block.last_pixel;) {
          const int64_t item = pixel / of_item;
          const int64_t end = std::min((item + 1) * of_item, block.last_pixel);
          conv::Params now = params;
          kernels::Reals& reals = now.layer.requantization.reals;
          SetScale(formula, activations.StepsOf(b, item), reals);
          now.layer.input_zero = reals.zero;
          run(now, activations.Elements(b), packed.bytes().data(), b.Out<std::byte>(0),
              {pixel, end, block.first_panel, block.last_panel});
          pixel = end;
        }
      }};
  activations.Prepare(step);
  return Explained(std::move(step), conv::Rows(), params, operands);
}

}  // namespace

bool IsDynamicRange(const Operands& operands) {
  const tensor::DType weights = operands.in(1).dtype;
  return operands.in(0).dtype == tensor::DType::kFloat32 &&
         (weights == tensor::DType::kInt8 || weights == tensor::DType::kUInt8);
}

Lowered LowerDynamicRange(const graph::Conv2D& op, const Operands& operands) {
  const int64_t channels = operands.out().shape[3];
  GOLDCREST_TRY(const Constants constants, ReadConstants(operands, channels));
  return LowerConvolution(
      {.window = FilterWindow(op, operands),
       .in_channels = operands.in(0).shape[3],
       .out_channels = channels,
       .layer = LayerOf(operands.in(1), op.activation)},
      constants, {.symmetric = HasOneScale(operands), .product_first = HasOneScale(operands)},
      operands);
}

// A convolution whose batch is the rows, each a picture of one pixel.
Lowered LowerDynamicRange(const graph::FullyConnected& op, const Operands& operands) {
  const tensor::Shape& weights = operands.in(1).shape;
  GOLDCREST_TRY(const Constants constants, ReadConstants(operands, weights[0]));
  return LowerConvolution({.window = {.batch = RowsOf(operands.out().shape)},
                           .in_channels = weights[1],
                           .out_channels = weights[0],
                           .layer = LayerOf(operands.in(1), op.activation)},
                          constants, {.symmetric = !op.asymmetric_inputs, .product_first = true},
                          operands);
}

// The float kernel on integers, whose sums are exact: they are far below 2^24.
Lowered LowerDynamicRange(const graph::DepthwiseConv2D& op, const Operands& operands) {
  namespace depthwise = kernels::depthwise;
  constexpr int64_t kMostTaps = (int64_t{1} << 24) / (255 * 255) - 1;
  const int64_t in_channels = operands.in(0).shape[3];
  const int64_t channels = operands.out().shape[3];
  GOLDCREST_TRY(const Constants constants, ReadConstants(operands, channels));
  const kernels::QuantizedLayer layer = LayerOf(operands.in(1), op.activation);
  const Formula formula = {.symmetric = !operands.in(1).quantization.per_channel(),
                           .product_first = true};
  const kernels::QuantizedWeights weights{constants.filter, {}, constants.multipliers};
  const kernels::Window window = FilterWindow(op, operands);
  const depthwise::Params params{.window = window,
                                 .in_channels = in_channels,
                                 .multiplier = channels / in_channels,
                                 .clamp = ClampOf(graph::Activation::kNone)};
  // The reference kernel sums in double.
  const bool exact = window.kernel_h * window.kernel_w <= kMostTaps;
  Operands summing = operands;
  if (!exact) summing.isa = base::Isa::kScalar;
  const depthwise::Row& row = Choose(depthwise::Rows(), params, summing);
  // Scales, biases, and the weights as they are in the filter.
  const auto count = static_cast<size_t>(channels);
  std::vector<float> floats(2 * count + constants.filter.size());
  for (size_t c = 0; c < count; ++c) {
    floats[c] = constants.multipliers[c].real;
    floats[count + c] = constants.multipliers[c].bias;
  }
  for (size_t i = 0; i < constants.filter.size(); ++i) {
    const int32_t weight = weights.Centred(layer, static_cast<int64_t>(i));
    floats[2 * count + i] = static_cast<float>(weight);
  }
  const Activations activations(operands.in(0), window.batch, {.symmetric = formula.symmetric},
                                true, summing.isa);
  const range::Row& finish = range::Choose({}, summing.isa);
  runtime::Step step = InChunks(
      row.name, window.batch * window.out_h, window.out_w * channels * 2,  // read and written
      [params, formula, activations, channels, floats = std::move(floats), run = row.run,
       to_reals = finish.to_reals,
       reals = layer.requantization.reals](int64_t first, int64_t last, const runtime::Buffers& b) {
        const range::Channels each = {channels, floats.data(), floats.data() + channels};
        float* y = b.Out<float>(0);
        run(params, reinterpret_cast<const float*>(activations.Elements(b)),
            floats.data() + 2 * channels, nullptr, y, first, last);
        const int64_t of_line = params.window.out_w;
        for (int64_t line = first; line < last;) {
          const int64_t item = line / params.window.out_h;
          const int64_t end = std::min((item + 1) * params.window.out_h, last);
          kernels::Reals now = reals;
          SetScale(formula, activations.StepsOf(b, item), now);
          to_reals(now, each, (end - line) * of_line, y + line * of_line * channels);
          line = end;
        }
      });
  activations.Prepare(step);
  return Explained(std::move(step), depthwise::Rows(), params, summing);
}

}  // namespace goldcrest::backends::cpu
