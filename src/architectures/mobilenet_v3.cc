#include <span>

#include "architectures/blocks.h"

namespace goldcrest::architectures {
namespace {

struct InvertedBlock {
  double expansion;
  double channels;
  int64_t stride;
  bool large_kernel;  // 5 x 5 where the network is not minimalistic
  bool squeeze;       // squeeze-and-excitation
  bool swish;         // else ReLU
};

constexpr InvertedBlock kSmall[] = {
    {1, 16, 2, false, true, false},
    {72.0 / 16, 24, 2, false, false, false},
    {88.0 / 24, 24, 1, false, false, false},
    {4, 40, 2, true, true, true},
    {6, 40, 1, true, true, true},
    {6, 40, 1, true, true, true},
    {3, 48, 1, true, true, true},
    {3, 48, 1, true, true, true},
    {6, 96, 2, true, true, true},
    {6, 96, 1, true, true, true},
    {6, 96, 1, true, true, true},
};

constexpr InvertedBlock kLarge[] = {
    {1, 16, 1, false, false, false},  {4, 24, 2, false, false, false},
    {3, 24, 1, false, false, false},  {3, 40, 2, true, true, false},
    {3, 40, 1, true, true, false},    {3, 40, 1, true, true, false},
    {6, 80, 2, false, false, true},   {2.5, 80, 1, false, false, true},
    {2.3, 80, 1, false, false, true}, {2.3, 80, 1, false, false, true},
    {6, 112, 1, false, true, true},   {6, 112, 1, false, true, true},
    {6, 160, 2, true, true, true},    {6, 160, 1, true, true, true},
    {6, 160, 1, true, true, true},
};

class Network {
 public:
  Network(std::string name, bool minimalistic, const Options& options)
      : net_(std::move(name), 0.999), minimalistic_(minimalistic), options_(options) {}

  Result<graph::Graph> Build(std::span<const InvertedBlock> blocks, double last_channels) {
    Blocks::Value x = net_.Rescale(net_.Input(options_.size), "rescaling", 1 / 127.5, -1);
    x = net_.Convolution(x, "conv", 16, 3, 2, /*bias=*/false);
    x = Activate(net_.Normalize(x, "conv_bn"), "conv_activation", /*swish=*/true);
    int number = 0;
    for (const InvertedBlock& block : blocks) x = InvertedResidual(x, number++, block);
    const int64_t last = Divisible(static_cast<double>(net_.Channels(x)) * 6);
    x = net_.Convolution(x, "conv_1", last, 1, 1, /*bias=*/false);
    x = Activate(net_.Normalize(x, "conv_1_bn"), "conv_1_activation", /*swish=*/true);
    if (options_.include_top) x = Head(x, last_channels);
    return std::move(net_).Take(x, tensor::NormalizationKind::kNone);
  }

 private:
  Blocks::Value Activate(Blocks::Value x, const std::string& name, bool swish) {
    if (swish && !minimalistic_) return net_.HardSwish(x, name);
    return net_.Activate(x, name, graph::Activation::kRelu);
  }

  Blocks::Value InvertedResidual(Blocks::Value input, int number, const InvertedBlock& block) {
    std::string prefix = number == 0 ? "expanded_conv_" : base::Cat("expanded_conv_", number, "_");
    const int64_t expanded = Divisible(static_cast<double>(net_.Channels(input)) * block.expansion);
    Blocks::Value x = input;
    if (number > 0) {
      x = net_.Convolution(x, prefix + "expand", expanded, 1, 1, /*bias=*/false);
      x = Activate(net_.Normalize(x, prefix + "expand_bn"), prefix + "expand_activation",
                   block.swish);
    }
    const int64_t kernel = block.large_kernel && !minimalistic_ ? 5 : 3;
    x = net_.Depthwise(x, prefix + "depthwise", prefix + "depthwise_pad", kernel, block.stride);
    x = Activate(net_.Normalize(x, prefix + "depthwise_bn"), prefix + "depthwise_activation",
                 block.swish);
    if (block.squeeze && !minimalistic_) x = SqueezeAndExcite(x, expanded, prefix);
    const int64_t channels = Divisible(block.channels * options_.alpha);
    x = net_.Convolution(x, prefix + "project", channels, 1, 1, /*bias=*/false);
    x = net_.Normalize(x, prefix + "project_bn");
    const bool residual = block.stride == 1 && net_.Channels(input) == channels;
    return residual ? net_.Add(input, x, prefix + "add") : x;
  }

  // Weighs the channels by what a quarter of them makes of the whole picture.
  Blocks::Value SqueezeAndExcite(Blocks::Value input, int64_t channels, std::string prefix) {
    prefix += "squeeze_excite_";
    Blocks::Value x = net_.GlobalAverage(input, prefix + "avg_pool", /*keep_dims=*/true);
    const int64_t squeezed = Divisible(static_cast<double>(channels) * 0.25);
    x = net_.Convolution(x, prefix + "conv", squeezed, 1, 1, /*bias=*/true);
    x = net_.Activate(x, prefix + "relu", graph::Activation::kRelu);
    x = net_.Convolution(x, prefix + "conv_1", channels, 1, 1, /*bias=*/true);
    return net_.Multiply(input, net_.HardSigmoid(x, prefix + "gate"), prefix + "mul");
  }

  Blocks::Value Head(Blocks::Value x, double channels) {
    if (options_.alpha > 1) channels = static_cast<double>(Divisible(channels * options_.alpha));
    x = net_.GlobalAverage(x, "global_average_pooling2d", /*keep_dims=*/true);
    x = net_.Convolution(x, "conv_2", static_cast<int64_t>(channels), 1, 1, /*bias=*/true);
    x = net_.Dropout(Activate(x, "conv_2_activation", /*swish=*/true), "dropout", 0.2);
    x = net_.Convolution(x, "logits", options_.classes, 1, 1, /*bias=*/true);
    return net_.Softmax(net_.Flatten(x, "flatten"), "predictions");
  }

  Blocks net_;
  bool minimalistic_;
  const Options& options_;
};

}  // namespace

Result<graph::Graph> BuildV3(V3Size size, bool minimalistic, const Options& options) {
  const bool small = size == V3Size::kSmall;
  std::string name =
      base::Cat("mobilenet_v3_", small ? "small" : "large", minimalistic ? "_minimalistic" : "");
  Network network(std::move(name), minimalistic, options);
  return small ? network.Build(kSmall, 1024) : network.Build(kLarge, 1280);
}

}  // namespace goldcrest::architectures
