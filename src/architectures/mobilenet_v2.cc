#include <array>

#include "architectures/blocks.h"

namespace goldcrest::architectures {
namespace {

struct Stage {
  double channels;
  int64_t expansion;
  int64_t repeats;
  int64_t stride;  // of its first block
};

constexpr std::array<Stage, 7> kStages = {{{16, 1, 1, 1},
                                           {24, 6, 2, 2},
                                           {32, 6, 3, 2},
                                           {64, 6, 4, 2},
                                           {96, 6, 3, 1},
                                           {160, 6, 3, 2},
                                           {320, 6, 1, 1}}};
constexpr auto kRelu6 = graph::Activation::kRelu6;

// Expands, filters depthwise, projects; adds its input where the shapes allow it.
Blocks::Value InvertedResidual(Blocks& net, Blocks::Value input, int block, const Stage& stage,
                               int64_t stride, double alpha) {
  std::string prefix = "expanded_conv_";
  Blocks::Value x = input;
  if (block > 0) {
    prefix = base::Cat("block_", block, "_");
    const int64_t expanded = stage.expansion * net.Channels(input);
    x = net.Convolution(x, prefix + "expand", expanded, 1, 1, /*bias=*/false);
    x = net.Normalize(x, prefix + "expand_BN");
    x = net.Activate(x, prefix + "expand_relu", kRelu6);
  }
  x = net.Depthwise(x, prefix + "depthwise", prefix + "pad", 3, stride);
  x = net.Normalize(x, prefix + "depthwise_BN");
  x = net.Activate(x, prefix + "depthwise_relu", kRelu6);
  const auto narrowed = static_cast<double>(static_cast<int64_t>(stage.channels * alpha));
  const int64_t channels = Divisible(narrowed);
  x = net.Convolution(x, prefix + "project", channels, 1, 1, /*bias=*/false);
  x = net.Normalize(x, prefix + "project_BN");
  const bool residual = stride == 1 && net.Channels(input) == channels;
  return residual ? net.Add(input, x, prefix + "add") : x;
}

}  // namespace

Result<graph::Graph> BuildV2(const Options& options) {
  Blocks net("mobilenet_v2", 0.999);
  Blocks::Value x = net.Input(options.size);
  x = net.Convolution(x, "Conv1", Divisible(32 * options.alpha), 3, 2, /*bias=*/false);
  x = net.Activate(net.Normalize(x, "bn_Conv1"), "Conv1_relu", kRelu6);
  int block = 0;
  for (const Stage& stage : kStages) {
    for (int64_t repeat = 0; repeat < stage.repeats; ++repeat) {
      const int64_t stride = repeat == 0 ? stage.stride : 1;
      x = InvertedResidual(net, x, block++, stage, stride, options.alpha);
    }
  }
  // A narrower network keeps the full width of its last convolution.
  const int64_t last = options.alpha > 1 ? Divisible(1280 * options.alpha) : 1280;
  x = net.Convolution(x, "Conv_1", last, 1, 1, /*bias=*/false);
  x = net.Activate(net.Normalize(x, "Conv_1_bn"), "out_relu", kRelu6);
  if (options.include_top) {
    x = net.GlobalAverage(x, "global_average_pooling2d", /*keep_dims=*/false);
    x = net.Softmax(net.Dense(x, "predictions", options.classes), "predictions");
  }
  return std::move(net).Take(x, tensor::NormalizationKind::kTf);
}

}  // namespace goldcrest::architectures
