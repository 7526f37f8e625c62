#include "pipeline/odd_ranges.h"

#include <algorithm>
#include <cmath>

#include "passes/edit.h"
#include "tensor/tensor.h"

namespace goldcrest::pipeline {
namespace {

using tensor::DType;

constexpr int kFewSteps = 8;  // of 127

struct Span {
  double low = 0;
  double high = 0;

  double width() const { return high - low; }
};

bool HasRange(const graph::Value& value) {
  const bool integers =
      value.dtype == DType::kInt8 || value.dtype == DType::kUInt8 || value.dtype == DType::kInt16;
  return integers && value.quantization.scale.size() == 1;
}

// The reals that the integers of a tensor with one scale reach.
Span SpanOf(const graph::Value& value) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(value.dtype);
  const double scale = value.quantization.scale[0];
  const auto zero = static_cast<double>(value.quantization.zero_point[0]);
  return {(limits.low - zero) * scale, (limits.high - zero) * scale};
}

std::string Words(const Span& span) {
  return base::Cat(base::Fixed(span.low, 3), " to ", base::Fixed(span.high, 3));
}

// How many channels of weights with one scale use few of its steps; dead channels do not count.
size_t PoorChannels(const graph::Value& weights, size_t axis) {
  const auto channels = static_cast<size_t>(weights.shape[axis]);
  if (!HasRange(weights) || channels < 2) return 0;
  const tensor::TensorView view{weights.dtype, weights.shape, weights.constant->bytes()};
  size_t inner = 1;
  for (size_t i = axis + 1; i < weights.shape.size(); ++i) {
    inner *= static_cast<size_t>(weights.shape[i]);
  }
  const auto zero = static_cast<double>(weights.quantization.zero_point[0]);
  std::vector<double> largest(channels, 0);
  const size_t count = view.bytes.size() / tensor::SizeOf(weights.dtype);
  for (size_t i = 0; i < count; ++i) {
    double& of_channel = largest[i / inner % channels];
    of_channel = std::max(of_channel, std::abs(tensor::ElementAsDouble(view, i) - zero));
  }
  return static_cast<size_t>(
      std::ranges::count_if(largest, [](double x) { return x > 0 && x < kFewSteps; }));
}

void CheckWeights(const graph::Graph& graph, std::vector<std::string>& odd) {
  size_t tensors = 0;
  size_t most = 0;
  const graph::Value* worst = nullptr;
  for (const graph::Node& node : graph.nodes) {
    const bool depthwise = std::holds_alternative<graph::DepthwiseConv2D>(node.op);
    if (!depthwise && !std::holds_alternative<graph::Conv2D>(node.op)) continue;
    const graph::Value& weights = graph.value(node.inputs[1]);
    if (!weights.constant || weights.shape.size() != 4) continue;
    const size_t poor = PoorChannels(weights, depthwise ? 3 : 0);
    if (poor > 0) ++tensors;
    if (poor <= most) continue;
    most = poor;
    worst = &weights;
  }
  if (worst == nullptr) return;
  odd.push_back(base::Cat("of ", tensors,
                          " tensors of weights with one scale some channels use fewer than ",
                          kFewSteps, " steps to either side, most of '", worst->name, "' (", most,
                          " channels): a scale for each channel loses less"));
}

void CheckActivation(const graph::Graph& graph, const graph::Node& node,
                     std::vector<std::string>& odd) {
  constexpr double kOutside = 0.15;
  const graph::Value& value = graph.value(node.output);
  graph::Op op = node.op;
  const graph::Activation* activation = passes::FusedActivation(op);
  // Symmetric integers reach as far below zero as above.
  if (activation == nullptr || *activation == graph::Activation::kNone || !HasRange(value) ||
      value.dtype == DType::kInt16) {
    return;
  }
  const Span span = SpanOf(value);
  const double above = *activation == graph::Activation::kRelu6 ? span.high - 6 : 0;
  if (-span.low <= kOutside * span.width() && above <= kOutside * span.width()) return;
  odd.push_back(base::Cat("the integers of '", value.name, "' span ", Words(span), ", and its ",
                          graph::NameOf(*activation), " leaves much of that empty"));
}

void CheckSize(const graph::Value& value, std::vector<std::string>& odd) {
  constexpr double kLeast = 1e-5;
  constexpr double kMost = 1e4;
  if (!HasRange(value) || value.constant) return;
  const Span span = SpanOf(value);
  if (span.width() >= kLeast && span.width() <= kMost) return;
  odd.push_back(base::Cat("the integers of '", value.name, "' span ", span.low, " to ", span.high,
                          ": was the model calibrated on pictures, normalized as it takes them?"));
}

void CheckAddition(const graph::Graph& graph, const graph::Node& node,
                   std::vector<std::string>& odd) {
  constexpr double kMost = 64;
  const graph::Value& a = graph.value(node.inputs[0]);
  const graph::Value& b = graph.value(node.inputs[1]);
  if (!HasRange(a) || !HasRange(b) || a.constant || b.constant) return;
  const double ratio = SpanOf(a).width() / SpanOf(b).width();
  if (ratio <= kMost && ratio >= 1 / kMost) return;
  odd.push_back(base::Cat("'", graph.NameOf(node), "' adds '", a.name, "' (", Words(SpanOf(a)),
                          ") and '", b.name, "' (", Words(SpanOf(b)),
                          "): of the smaller little is left"));
}

// What pictures are after the contract's normalization.
Span SpanOfPictures(const tensor::InputContract& contract) {
  std::array<double, 3> mean{};
  std::array<double, 3> std{};
  tensor::MeanAndStd(contract.normalization, mean, std);
  Span span;
  for (size_t c = 0; c < mean.size(); ++c) {
    span.low = std::min(span.low, (0 - mean[c]) / std[c]);
    span.high = std::max(span.high, (255 - mean[c]) / std[c]);
  }
  return span;
}

void CheckInput(const graph::Graph& graph, std::vector<std::string>& odd) {
  constexpr double kApart = 0.15;
  if (graph.inputs.empty() || !graph.metadata.input_contract) return;
  const graph::Value& value = graph.value(graph.inputs[0]);
  // A contract may give the input a picture's bytes as they are, whatever they stand for.
  const bool as_they_are = HasRange(value) && graph.metadata.input_contract->scale !=
                                                  static_cast<double>(value.quantization.scale[0]);
  if (!HasRange(value) || as_they_are) return;
  const Span span = SpanOf(value);
  const Span pictures = SpanOfPictures(*graph.metadata.input_contract);
  const double apart =
      std::max(std::abs(span.high - pictures.high),
               value.dtype == DType::kInt16 ? 0 : std::abs(span.low - pictures.low));
  if (apart <= kApart * pictures.width()) return;
  odd.push_back(base::Cat("the integers of the input '", value.name, "' span ", Words(span),
                          ", but pictures are ", Words(pictures),
                          ": was the model calibrated on such pictures?"));
}

}  // namespace

std::vector<std::string> FindOddRanges(const graph::Graph& graph) {
  std::vector<std::string> odd;
  CheckInput(graph, odd);
  CheckWeights(graph, odd);
  for (const graph::Node& node : graph.nodes) {
    CheckActivation(graph, node, odd);
    CheckSize(graph.value(node.output), odd);
    if (std::holds_alternative<graph::Add>(node.op)) CheckAddition(graph, node, odd);
  }
  return odd;
}

double ScaleSpread(const tensor::Quantization& quantization) {
  if (quantization.empty()) return 1;
  const auto [least, most] = std::ranges::minmax(quantization.scale);
  return least > 0 ? static_cast<double>(most) / least : 1;
}

}  // namespace goldcrest::pipeline
