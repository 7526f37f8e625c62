#include "architectures/architectures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "architectures/blocks.h"

namespace goldcrest::architectures {
namespace {

constexpr int64_t kSmallestSize = 32;
constexpr int64_t kLargestSize = 4096;
constexpr int64_t kMostClasses = 1000000;

struct Row {
  std::string_view name;
  Result<graph::Graph> (*build)(const Options& options);
};

template <V3Size kSize, bool kMinimalistic>
Result<graph::Graph> BuildAnyV3(const Options& options) {
  return BuildV3(kSize, kMinimalistic, options);
}

constexpr std::array kRows = {
    Row{"mobilenet_v1", BuildV1},
    Row{"mobilenet_v2", BuildV2},
    Row{"mobilenet_v3_large", BuildAnyV3<V3Size::kLarge, false>},
    Row{"mobilenet_v3_large_minimalistic", BuildAnyV3<V3Size::kLarge, true>},
    Row{"mobilenet_v3_small", BuildAnyV3<V3Size::kSmall, false>},
    Row{"mobilenet_v3_small_minimalistic", BuildAnyV3<V3Size::kSmall, true>},
};

constexpr auto kNames = [] {
  std::array<std::string_view, kRows.size()> names;
  for (size_t i = 0; i < kRows.size(); ++i) names[i] = kRows[i].name;
  return names;
}();

// Normally distributed numbers that are the same on every machine and compiler.
class Normal {
 public:
  explicit Normal(uint64_t seed) : state_(seed) {}

  float Next() {
    // Box and Muller's transform, whose second number is not used.
    return static_cast<float>(std::sqrt(-2 * std::log(Uniform())) *
                              std::cos(2 * std::numbers::pi * Uniform()));
  }

 private:
  // In (0, 1], by SplitMix64.
  double Uniform() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>(((z ^ (z >> 31)) >> 11) + 1) * 0x1p-53;
  }

  uint64_t state_;
};

}  // namespace

std::span<const std::string_view> Names() { return kNames; }

Result<graph::Graph> Build(std::string_view name, const Options& options) {
  const auto* row = std::ranges::find(kRows, name, &Row::name);
  if (row == kRows.end()) {
    std::vector<std::string> names(kNames.begin(), kNames.end());
    std::string nearest = base::Nearest(name, names);
    return Fail(ErrorCode::kUsage, "there is no architecture '", name, "'",
                nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?"), "; there are ",
                base::Join(names, ", "));
  }
  if (!(options.alpha > 0 && options.alpha <= 8)) {
    return Fail(ErrorCode::kUsage, "alpha is ", options.alpha, "; it lies above 0, up to 8");
  }
  if (options.size < kSmallestSize || options.size > kLargestSize) {
    return Fail(ErrorCode::kUsage, "the size is ", options.size, "; it lies between ",
                kSmallestSize, " and ", kLargestSize);
  }
  if (options.classes < 1 || options.classes > kMostClasses) {
    return Fail(ErrorCode::kUsage, "there are ", options.classes,
                " classes; 1 to 1000000 are possible");
  }
  return Within(base::Cat("building ", name), row->build(options));
}

void FillRandom(uint64_t seed, graph::Graph& graph) {
  Normal normal(seed);
  for (const graph::Node& node : graph.nodes) {
    const bool conv = std::holds_alternative<graph::Conv2D>(node.op);
    const bool depthwise = std::holds_alternative<graph::DepthwiseConv2D>(node.op);
    if (!conv && !depthwise && !std::holds_alternative<graph::FullyConnected>(node.op)) continue;
    graph::Value& weights = graph.value(node.inputs[1]);
    const tensor::Shape& shape = weights.shape;
    const int64_t count = *tensor::ElementCount(shape);
    const int64_t outputs = depthwise ? shape.back() : shape.front();
    const int64_t fan_in = count / outputs;
    const float deviation = std::sqrt(2.0F / static_cast<float>(fan_in));
    std::vector<float> elements(static_cast<size_t>(count));
    for (float& element : elements) element = normal.Next() * deviation;
    weights.constant = tensor::SharedBytes::Copy<float>(elements);
  }
}

}  // namespace goldcrest::architectures
