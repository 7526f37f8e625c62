#include "formats/onnx/write_operators.h"

#include <cmath>

#include "formats/onnx/absorbed_pad.h"

namespace goldcrest::formats::onnx {

bool ClampsAnyway(graph::Activation activation, const graph::Value& value) {
  if (activation == graph::Activation::kNone) return true;
  if (!StandsForReals(value)) return false;
  const tensor::IntegerLimits limits = *tensor::LimitsOf(value.dtype);
  const double scale = value.quantization.scale[0];
  const auto zero = static_cast<double>(value.quantization.zero_point[0]);
  if (zero > limits.low) return false;
  return activation == graph::Activation::kRelu || std::nearbyint(6 / scale) + zero >= limits.high;
}

void Context::Put(std::string_view op, const std::vector<std::string>& inputs, Layout layout,
                  const std::vector<WrittenAttribute>& attributes,
                  graph::Activation activation) const {
  const std::string result = values.NameForReals(node.output, layout);
  if (RoundingClamps(activation)) {
    file.AddNode(op, inputs, result, attributes);
  } else {
    const std::string before = file.AddNode(op, inputs, Name("/linear"), attributes);
    if (activation == graph::Activation::kRelu) {
      file.AddNode("Relu", {before}, result);
    } else {
      const float zero = 0;
      const float six = 6;
      file.AddNode("Clip",
                   {before, file.AddFloats(base::Cat(name(), "/least"), {}, {&zero, 1}),
                    file.AddFloats(base::Cat(name(), "/most"), {}, {&six, 1})},
                   result);
    }
  }
  values.Put(node.output, layout, result);
}

std::vector<graph::ValueId> ReadValues(const graph::Graph& graph,
                                       std::span<const int32_t> producers,
                                       const graph::Node& node) {
  std::vector<graph::ValueId> read = node.inputs;
  if (std::holds_alternative<graph::Reshape>(node.op)) read.resize(1);
  if (const graph::Node* pad = AbsorbedPad(graph, producers, node)) read[0] = pad->inputs[0];
  return read;
}

}  // namespace goldcrest::formats::onnx
