// Convolutions and fully connected layers. What they compute forward, and the gradient of what they
// read, is done by the kernels of inference, whose weights are packed anew in every step.
#include <vector>

#include "base/aligned_buffer.h"
#include "gradients/conv_weights/conv_weights.h"
#include "gradients/depthwise/depthwise.h"
#include "kernels/conv/conv.h"
#include "kernels/convolution_grid.h"
#include "kernels/depthwise/depthwise.h"
#include "train/layers.h"

namespace goldcrest::train {
namespace {

constexpr int64_t kMostParts = 16;  // of a sum over pixels, each with a copy of its own

// Memory that grows when a step wants more.
class Scratch {
 public:
  float* Of(int64_t count) {
    const auto bytes = static_cast<size_t>(count) * sizeof(float);
    if (buffer_.size() < bytes) buffer_ = base::AlignedBuffer(bytes);
    return reinterpret_cast<float*>(buffer_.data());
  }

 private:
  base::AlignedBuffer buffer_;
};

kernels::Window FilterWindow(const graph::ConvolutionAttributes& op, const LayerContext& context) {
  const tensor::Shape& filter = context.in(1).shape;
  return WindowOf(op, filter[1], filter[2], context);
}

// The window of a convolution of stride 1 that turns a gradient of the output, with zeros between
// its pixels where the stride is more, into that of the input.
kernels::Window TransposedWindow(const kernels::Window& a) {
  return {.batch = a.batch,
          .in_h = (a.out_h - 1) * a.stride_h + 1,
          .in_w = (a.out_w - 1) * a.stride_w + 1,
          .out_h = a.in_h,
          .out_w = a.in_w,
          .kernel_h = a.kernel_h,
          .kernel_w = a.kernel_w,
          .dilation_h = a.dilation_h,
          .dilation_w = a.dilation_w,
          .pad_top = (a.kernel_h - 1) * a.dilation_h - a.pad_top,
          .pad_left = (a.kernel_w - 1) * a.dilation_w - a.pad_left};
}

// A convolution whose weights change from step to step.
class Convolver {
 public:
  Convolver(base::ThreadPool& pool, base::Isa isa, const kernels::conv::Params& params)
      : pool_(pool), params_(params), row_(kernels::conv::Choose(params, isa)) {}

  void Run(int64_t batch, const float* x, const float* w, const float* bias, float* y) noexcept {
    kernels::conv::Params params = params_;
    params.window.batch = batch;
    float* packed = packed_.Of(row_.packed_count(params));
    row_.pack(params, w, bias, packed);
    const kernels::Grid grid = kernels::MakeGrid({.pixels = params.pixels(),
                                                  .tile_pixels = row_.tile_pixels,
                                                  .channels = params.out_channels,
                                                  .panel_width = row_.panel_width(params),
                                                  .depth = params.taps() * params.in_channels,
                                                  .weight_bytes = sizeof(float)});
    pool_.ForEach(grid.chunks(), [&](int64_t chunk) noexcept {
      row_.run(params, x, packed, y, grid.BlockOf<kernels::conv::Block>(chunk));
    });
  }

 private:
  base::ThreadPool& pool_;
  kernels::conv::Params params_;
  const kernels::conv::Row& row_;
  Scratch packed_;
};

// dbias[o] = Σ_p dy[p, o].
void SumRows(base::ThreadPool& pool, const float* dy, int64_t rows, int64_t channels, float* sums) {
  std::vector<double> partial(static_cast<size_t>(kMostParts * channels), 0);
  const int64_t step = (rows + kMostParts - 1) / kMostParts;
  pool.ForEach(kMostParts, [&](int64_t part) noexcept {
    double* to = partial.data() + part * channels;
    for (int64_t p = part * step; p < std::min((part + 1) * step, rows); ++p) {
      for (int64_t c = 0; c < channels; ++c) to[c] += static_cast<double>(dy[p * channels + c]);
    }
  });
  for (int64_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (int64_t part = 0; part < kMostParts; ++part) {
      sum += partial[static_cast<size_t>(part * channels + c)];
    }
    sums[c] = static_cast<float>(sum);
  }
}

constexpr kernels::Clamp kAny = {-std::numeric_limits<float>::infinity(),
                                 std::numeric_limits<float>::infinity()};

// A convolution; a fully connected layer is one over pictures of one pixel.
class Convolution final : public Layer {
 public:
  Convolution(const LayerContext& context, const kernels::Window& window, int64_t in_channels,
              int64_t out_channels, int64_t rows_per_picture)
      : pool_(context.pool),
        rows_per_picture_(rows_per_picture),
        params_{window, in_channels, out_channels, Joins(window, in_channels),
                context.precision == tensor::Precision::kBfloat16},
        forward_(pool_, context.isa,
                 {.window = window,
                  .in_channels = in_channels,
                  .out_channels = out_channels,
                  .clamp = kAny,
                  .bfloat16 = params_.bfloat16}),
        evaluation_(pool_, context.isa,
                    {.window = window,
                     .in_channels = in_channels,
                     .out_channels = out_channels,
                     .clamp = kAny}),
        backward_(pool_, context.isa,
                  {.window = TransposedWindow(window),
                   .in_channels = out_channels,
                   .out_channels = in_channels,
                   .clamp = kAny,
                   .bfloat16 = params_.bfloat16}),
        row_(gradients::conv_weights::Choose(params_, context.isa)) {}

  void Forward(const Operands& o) noexcept override {
    Convolver& convolver = o.training || !params_.bfloat16 ? forward_ : evaluation_;
    convolver.Run(o.batch * rows_per_picture_, o.inputs[0], o.inputs[1],
                  o.inputs.size() > 2 ? o.inputs[2] : nullptr, o.output);
  }

  void Backward(const Operands& o) noexcept override {
    if (o.input_gradients[1] != nullptr) Weights(o);
    if (o.input_gradients.size() > 2 && o.input_gradients[2] != nullptr) {
      SumRows(pool_, o.output_gradient, Pixels(o), params_.out_channels, o.input_gradients[2]);
    }
    if (o.input_gradients[0] != nullptr) Input(o);
  }

 private:
  // Single taps would leave most of a kernel's registers empty.
  static bool Joins(const kernels::Window& window, int64_t in_channels) {
    constexpr int64_t kFewChannels = 8;
    return window.kernel_w > 1 && in_channels < kFewChannels &&
           gradients::conv_weights::MayJoin(window, in_channels);
  }

  int64_t Pixels(const Operands& o) const {
    return o.batch * rows_per_picture_ * params_.window.out_h * params_.window.out_w;
  }

  void Weights(const Operands& o) noexcept {
    gradients::conv_weights::Params params = params_;
    params.window.batch = o.batch * rows_per_picture_;
    const int64_t depth = params.depth();
    const int64_t outputs = params.out_channels;
    // Few weights are summed in parts of the pixels, many in parts of the weights.
    constexpr int64_t kMostSums = int64_t{1} << 18;
    constexpr int64_t kLeastPixels = 64;
    const int64_t pixels = params.pixels();
    const int64_t parts = std::clamp<int64_t>(
        std::min(kMostSums / (depth * outputs), pixels / kLeastPixels), 1, kMostParts);
    const int64_t runs = params.runs();
    const int64_t length = params.run_length();
    constexpr int64_t kElementStep = 64;
    const int64_t run_parts = parts < kMostParts ? (length + kElementStep - 1) / kElementStep : 1;
    float* sums = sums_.Of(parts * depth * outputs);
    std::fill_n(sums, parts * depth * outputs, 0.0F);
    pool_.ForEach(parts * run_parts, [&](int64_t chunk) noexcept {
      const int64_t part = chunk % parts;
      const int64_t of_run = chunk / parts;
      row_.run(params, o.inputs[0], o.output_gradient, sums + part * depth * outputs,
               {part * pixels / parts, (part + 1) * pixels / parts, 0, runs,
                of_run * length / run_parts, (of_run + 1) * length / run_parts});
    });
    Transpose(sums, parts, depth, outputs, o.input_gradients[1]);
  }

  // to[o, t] = Σ over parts of sums[t, o].
  void Transpose(const float* sums, int64_t parts, int64_t depth, int64_t outputs, float* to) {
    constexpr int64_t kSide = 16;  // of a square that stays in the nearest cache
    pool_.ForEach((outputs + kSide - 1) / kSide, [&](int64_t square) noexcept {
      const int64_t first = square * kSide;
      const int64_t last = std::min(first + kSide, outputs);
      for (int64_t t = 0; t < depth; ++t) {
        for (int64_t i = first; i < last; ++i) {
          float sum = 0;
          for (int64_t part = 0; part < parts; ++part) {
            sum += sums[(part * depth + t) * outputs + i];
          }
          to[i * depth + t] = sum;
        }
      }
    });
  }

  void Input(const Operands& o) noexcept {
    const kernels::Window& a = params_.window;
    float* turned = Turned(o.inputs[1]);
    const float* dy = o.output_gradient;
    if (a.stride_h != 1 || a.stride_w != 1) dy = Spread(o);
    backward_.Run(o.batch * rows_per_picture_, dy, turned, nullptr, o.input_gradients[0]);
  }

  // The filters with input and output channels exchanged, and their taps in the opposite order.
  float* Turned(const float* w) noexcept {
    constexpr int64_t kSide = 16;  // of a square that stays in the nearest cache
    const int64_t outputs = params_.out_channels;
    const int64_t inputs = params_.in_channels;
    const int64_t taps = params_.window.kernel_h * params_.window.kernel_w;
    float* turned = turned_.Of(inputs * taps * outputs);
    pool_.ForEach((inputs + kSide - 1) / kSide, [&](int64_t square) noexcept {
      const int64_t last = std::min((square + 1) * kSide, inputs);
      for (int64_t t = 0; t < taps; ++t) {
        for (int64_t i = 0; i < outputs; ++i) {
          for (int64_t c = square * kSide; c < last; ++c) {
            turned[(c * taps + taps - 1 - t) * outputs + i] = w[(i * taps + t) * inputs + c];
          }
        }
      }
    });
    return turned;
  }

  // The output's gradient with zeros between its pixels.
  const float* Spread(const Operands& o) noexcept {
    const kernels::Window& a = params_.window;
    const kernels::Window wide = TransposedWindow(a);
    const int64_t channels = params_.out_channels;
    const int64_t count = o.batch * wide.in_h * wide.in_w * channels;
    float* to = spread_.Of(count);
    std::fill_n(to, count, 0.0F);
    pool_.ForEach(o.batch * a.out_h, [&](int64_t row) noexcept {
      float* line =
          to + (row / a.out_h * wide.in_h + row % a.out_h * a.stride_h) * wide.in_w * channels;
      for (int64_t x = 0; x < a.out_w; ++x) {
        std::copy_n(o.output_gradient + (row * a.out_w + x) * channels, channels,
                    line + x * a.stride_w * channels);
      }
    });
    return to;
  }

  base::ThreadPool& pool_;
  int64_t rows_per_picture_;
  gradients::conv_weights::Params params_;
  Convolver forward_, evaluation_, backward_;
  const gradients::conv_weights::Row& row_;
  Scratch sums_, turned_, spread_;
};

class Depthwise final : public Layer {
 public:
  Depthwise(const LayerContext& context, const kernels::Window& window)
      : pool_(context.pool),
        forward_{.window = window,
                 .in_channels = context.in(0).shape[3],
                 .multiplier = context.out().shape[3] / context.in(0).shape[3],
                 .clamp = kAny},
        forward_row_(kernels::depthwise::Choose(forward_, context.isa)),
        params_{window, forward_.in_channels, forward_.multiplier},
        row_(gradients::depthwise::Choose(params_, context.isa)),
        transposed_(forward_) {
    transposed_.window = TransposedWindow(window);
    turns_ = window.stride_h == 1 && window.stride_w == 1 && params_.multiplier == 1;
    if (turns_) transposed_row_ = &kernels::depthwise::Choose(transposed_, context.isa);
  }

  void Forward(const Operands& o) noexcept override {
    RunForward(forward_, forward_row_, o.batch, o.inputs[0], o.inputs[1],
               o.inputs.size() > 2 ? o.inputs[2] : nullptr, o.output);
  }

  void Backward(const Operands& o) noexcept override {
    const int64_t outputs = params_.in_channels * params_.multiplier;
    const kernels::Window& a = params_.window;
    if (o.input_gradients[1] != nullptr) Weights(o);
    if (o.input_gradients.size() > 2 && o.input_gradients[2] != nullptr) {
      SumRows(pool_, o.output_gradient, o.batch * a.out_h * a.out_w, outputs, o.input_gradients[2]);
    }
    if (o.input_gradients[0] != nullptr) Input(o);
  }

 private:
  void RunForward(kernels::depthwise::Params params, const kernels::depthwise::Row& row,
                  int64_t batch, const float* x, const float* w, const float* bias, float* y) {
    params.window.batch = batch;
    InParts(
        pool_, batch * params.window.out_h,
        params.window.out_w * params.in_channels * params.multiplier * 2,
        [&](int64_t first, int64_t last) noexcept { row.run(params, x, w, bias, y, first, last); });
  }

  void Weights(const Operands& o) noexcept {
    const kernels::Window& a = params_.window;
    const int64_t count = a.kernel_h * a.kernel_w * params_.in_channels * params_.multiplier;
    const int64_t rows = o.batch * a.out_h;
    float* sums = sums_.Of(kMostParts * count);
    pool_.ForEach(kMostParts, [&](int64_t part) noexcept {
      float* to = sums + part * count;
      std::fill_n(to, count, 0.0F);
      row_.weights(params_, o.inputs[0], o.output_gradient, to, part * rows / kMostParts,
                   (part + 1) * rows / kMostParts);
    });
    for (int64_t i = 0; i < count; ++i) {
      float sum = 0;
      for (int64_t part = 0; part < kMostParts; ++part) sum += sums[part * count + i];
      o.input_gradients[1][i] = sum;
    }
  }

  void Input(const Operands& o) noexcept {
    const kernels::Window& a = params_.window;
    if (!turns_) {
      InParts(pool_, o.batch * a.in_h, a.in_w * params_.in_channels * a.kernel_h,
              [&](int64_t first, int64_t last) noexcept {
                row_.input(params_, o.output_gradient, o.inputs[1], o.input_gradients[0], first,
                           last);
              });
      return;
    }
    const int64_t taps = a.kernel_h * a.kernel_w;
    float* turned = turned_.Of(taps * params_.in_channels);
    for (int64_t t = 0; t < taps; ++t) {
      std::copy_n(o.inputs[1] + t * params_.in_channels, params_.in_channels,
                  turned + (taps - 1 - t) * params_.in_channels);
    }
    RunForward(transposed_, *transposed_row_, o.batch, o.output_gradient, turned, nullptr,
               o.input_gradients[0]);
  }

  base::ThreadPool& pool_;
  kernels::depthwise::Params forward_;
  const kernels::depthwise::Row& forward_row_;
  gradients::depthwise::Params params_;
  const gradients::depthwise::Row& row_;
  bool turns_ = false;  // the gradient of the input is a depthwise convolution with turned filters
  kernels::depthwise::Params transposed_;
  const kernels::depthwise::Row* transposed_row_ = nullptr;
  Scratch sums_, turned_;
};

}  // namespace

Made MakeConv2D(const LayerContext& context) {
  return std::make_unique<Convolution>(
      context, FilterWindow(std::get<graph::Conv2D>(context.node.op), context),
      context.in(0).shape[3], context.out().shape[3], 1);
}

Made MakeFullyConnected(const LayerContext& context) {
  const tensor::Shape& weights = context.in(1).shape;
  return std::make_unique<Convolution>(context, kernels::Window{}, weights[1], weights[0],
                                       LayerContext::PerPicture(context.out()) / weights[0]);
}

Made MakeDepthwiseConv2D(const LayerContext& context) {
  return std::make_unique<Depthwise>(
      context, FilterWindow(std::get<graph::DepthwiseConv2D>(context.node.op), context));
}

}  // namespace goldcrest::train
