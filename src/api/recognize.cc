#include "api/recognize.h"

#include <algorithm>
#include <array>
#include <string>

namespace goldcrest::api {
namespace {

// The convolutions of a network without its head, one character each:
//   C  3 × 3, stride 2, over three channels     1  1 × 1
//   d  depthwise 3 × 3      D  the same with stride 2
//   e  depthwise 5 × 5      E  the same with stride 2
struct Network {
  std::string_view name;
  std::string_view convolutions;  // spaces, between blocks, do not count
};

constexpr std::array kNetworks = {
    Network{"MobileNet V1", "C d1 D1 d1 D1 d1 D1 d1 d1 d1 d1 d1 D1 d1"},
    Network{"MobileNet V2",
            "C d1 1D1 1d1 1D1 1d1 1d1 1D1 1d1 1d1 1d1 1d1 1d1 1d1 1D1 1d1 1d1 1d1 1"},
    Network{"MobileNet V3 Small",
            "C D111 1D1 1d1 1E111 1e111 1e111 1e111 1e111 1E111 1e111 1e111 1"},
    Network{"MobileNet V3 Large",
            "C d1 1D1 1d1 1E111 1e111 1e111 1D1 1d1 1d1 1d1 1d111 1d111 1E111 1e111 1e111 1"},
};

char Letter(const graph::Graph& graph, const graph::Node& node) {
  const tensor::Shape& filter = graph.value(node.inputs[1]).shape;
  if (filter[1] != filter[2]) return '?';
  if (const auto* conv = std::get_if<graph::Conv2D>(&node.op)) {
    if (filter[1] == 1 && conv->stride_h == 1) return '1';
    return filter[1] == 3 && conv->stride_h == 2 && filter[3] == 3 ? 'C' : '?';
  }
  const bool twice = std::get<graph::DepthwiseConv2D>(node.op).stride_h == 2;
  if (filter[1] == 3) return twice ? 'D' : 'd';
  if (filter[1] == 5) return twice ? 'E' : 'e';
  return '?';
}

}  // namespace

std::optional<std::string_view> RecognizeNetwork(const graph::Graph& graph) {
  std::string convolutions;
  for (const graph::Node& node : graph.nodes) {
    const bool convolution = std::holds_alternative<graph::Conv2D>(node.op) ||
                             std::holds_alternative<graph::DepthwiseConv2D>(node.op);
    if (convolution) convolutions += Letter(graph, node);
  }
  for (const Network& network : kNetworks) {
    std::string wanted(network.convolutions);
    std::erase(wanted, ' ');
    if (!convolutions.starts_with(wanted)) continue;
    // What may follow is a head: 1 × 1 convolutions over one pixel.
    const bool head = convolutions.find_first_not_of('1', wanted.size()) == std::string::npos;
    if (head) return network.name;
  }
  return std::nullopt;
}

bool RescalesItsInput(const graph::Graph& graph) {
  graph::ValueId value = graph.inputs[0];
  for (const graph::Node& node : graph.nodes) {
    if (node.inputs.empty() || node.inputs[0] != value) continue;
    if (std::holds_alternative<graph::TrainingOnly>(node.op)) {
      value = node.output;
      continue;
    }
    const bool rescales =
        std::holds_alternative<graph::Mul>(node.op) || std::holds_alternative<graph::Add>(node.op);
    return rescales && graph.value(node.inputs[1]).constant.has_value();
  }
  return false;
}

}  // namespace goldcrest::api
