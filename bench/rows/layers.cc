#include "rows/layers.h"

#include <algorithm>
#include <array>

#include "architectures/architectures.h"
#include "graph/infer.h"
#include "graph/padding.h"
#include "passes/passes.h"

namespace goldcrest::bench {
namespace {

struct Network {
  const char* name;
  const char* architecture;
  architectures::Options options;
};

constexpr std::array kNetworks = {
    Network{"V1", "mobilenet_v1", {}}, Network{"V2", "mobilenet_v2", {}},
    Network{"V3-Large", "mobilenet_v3_large", {}},
    Network{"V1 0.25 128", "mobilenet_v1", {.alpha = 0.25, .size = 128}}};

std::string TextOf(const tensor::Shape& shape) {
  std::string text;
  for (int64_t size : shape) text += base::Cat(text.empty() ? "" : "x", size);
  return text;
}

kernels::Window WindowOf(const graph::ConvolutionAttributes& op, const Layer& layer) {
  const tensor::Shape& in = layer.inputs[0];
  const tensor::Shape& filter = layer.inputs[1];
  const graph::PaddingCounts padding =
      graph::ResolvePadding(op, in[1], in[2], filter[1], filter[2]);
  return {.batch = in[0],
          .in_h = in[1],
          .in_w = in[2],
          .out_h = layer.output[1],
          .out_w = layer.output[2],
          .kernel_h = filter[1],
          .kernel_w = filter[2],
          .stride_h = op.stride_h,
          .stride_w = op.stride_w,
          .dilation_h = op.dilation_h,
          .dilation_w = op.dilation_w,
          .pad_top = padding.top,
          .pad_left = padding.left};
}

Layer LayerOf(const graph::Graph& graph, const graph::Node& node) {
  Layer layer{.op = node.op, .output = graph.value(node.output).shape};
  for (graph::ValueId id : node.inputs) layer.inputs.push_back(graph.value(id).shape);
  std::string window;
  auto look_through = [&](const graph::ConvolutionAttributes& op) {
    layer.window = WindowOf(op, layer);
    window = base::Cat(" ", layer.window.kernel_h, "x", layer.window.kernel_w);
    if (op.stride_h > 1) window += base::Cat("/", op.stride_h);
  };
  if (const auto* conv = std::get_if<graph::Conv2D>(&node.op)) {
    look_through(*conv);
  } else if (const auto* depthwise = std::get_if<graph::DepthwiseConv2D>(&node.op)) {
    look_through(*depthwise);
  } else if (std::holds_alternative<graph::FullyConnected>(node.op)) {
    layer.window.batch = layer.output[0];
  }
  layer.text = base::Cat(graph::NameOf(node.op), window, " ", TextOf(layer.inputs[0]));
  const bool two_values = node.inputs.size() > 1 && !graph.value(node.inputs[1]).constant;
  if (two_values) layer.text += base::Cat(", ", TextOf(layer.inputs[1]));
  layer.text += base::Cat(" → ", TextOf(layer.output));
  return layer;
}

}  // namespace

Result<std::vector<Layer>> NetworkLayers() {
  std::vector<Layer> layers;
  for (const Network& network : kNetworks) {
    GOLDCREST_TRY(graph::Graph graph, architectures::Build(network.architecture, network.options));
    GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(graph));
    GOLDCREST_TRY(auto changes, passes::Run(graph, {}));
    for (const graph::Node& node : graph.nodes) {
      Layer layer = LayerOf(graph, node);
      auto same = [&](const Layer& one) { return one.text == layer.text; };
      auto found = std::ranges::find_if(layers, same);
      if (found == layers.end()) found = layers.insert(layers.end(), std::move(layer));
      if (!found->networks.ends_with(network.name)) {
        found->networks += base::Cat(found->networks.empty() ? "" : ", ", network.name);
      }
    }
  }
  return layers;
}

}  // namespace goldcrest::bench
