#include <array>

#include "architectures/blocks.h"

namespace goldcrest::architectures {
namespace {

struct SeparableBlock {
  double channels;
  int64_t stride;
};

constexpr std::array<SeparableBlock, 13> kBlocks = {{{64, 1},
                                                     {128, 2},
                                                     {128, 1},
                                                     {256, 2},
                                                     {256, 1},
                                                     {512, 2},
                                                     {512, 1},
                                                     {512, 1},
                                                     {512, 1},
                                                     {512, 1},
                                                     {512, 1},
                                                     {1024, 2},
                                                     {1024, 1}}};

}  // namespace

Result<graph::Graph> BuildV1(const Options& options) {
  constexpr auto kRelu6 = graph::Activation::kRelu6;
  Blocks net("mobilenet_v1", 0.99);
  auto channels = [&](double full) { return static_cast<int64_t>(full * options.alpha); };
  if (channels(32) < 1)
    return Fail(ErrorCode::kUsage, "alpha ", options.alpha, " leaves no channel");
  auto normalized = [&](Blocks::Value x, const std::string& name) {
    return net.Activate(net.Normalize(x, name + "_bn"), name + "_relu", kRelu6);
  };
  Blocks::Value x = net.Input(options.size);
  x = normalized(net.Convolution(x, "conv1", channels(32), 3, 2, /*bias=*/false), "conv1");
  int number = 0;
  for (const SeparableBlock& block : kBlocks) {
    ++number;
    const std::string depthwise = base::Cat("conv_dw_", number);
    const std::string pointwise = base::Cat("conv_pw_", number);
    x = net.Depthwise(x, depthwise, base::Cat("conv_pad_", number), 3, block.stride);
    x = normalized(x, depthwise);
    x = net.Convolution(x, pointwise, channels(block.channels), 1, 1, /*bias=*/false);
    x = normalized(x, pointwise);
  }
  if (options.include_top) {
    x = net.GlobalAverage(x, "global_average_pooling2d", /*keep_dims=*/true);
    x = net.Dropout(x, "dropout", 1e-3);
    x = net.Convolution(x, "conv_preds", options.classes, 1, 1, /*bias=*/true);
    x = net.Flatten(x, "reshape_2");
    x = net.Softmax(x, "predictions");
  }
  return std::move(net).Take(x, tensor::NormalizationKind::kTf);
}

}  // namespace goldcrest::architectures
