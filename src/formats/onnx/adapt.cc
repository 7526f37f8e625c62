// What is changed in a graph, and what refused, for the engine that will read it.
#include <algorithm>
#include <map>

#include "base/strings.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/real_constant.h"
#include "graph/infer.h"
#include "graph/layer_types.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::Graph;
using graph::Node;
using graph::ValueId;
using tensor::DType;

void RemoveMarked(Graph& graph, const std::vector<bool>& remove) {
  size_t at = 0;
  std::erase_if(graph.nodes, [&](const Node&) { return remove[at++]; });
}

// Constants behind a DEQUANTIZE, as float16 weights are stored.
Status FoldDequantizedConstants(Graph& graph) {
  std::vector<bool> remove(graph.nodes.size(), false);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!std::holds_alternative<graph::Dequantize>(node.op)) continue;
    const graph::Value& source = graph.value(node.inputs[0]);
    if (!source.constant) continue;
    GOLDCREST_TRY(graph.value(node.output).constant, RealConstant(source));
    remove[i] = true;
  }
  RemoveMarked(graph, remove);
  return {};
}

bool IsHybrid(const Graph& graph, const Node& node) {
  const bool layer = std::holds_alternative<graph::Conv2D>(node.op) ||
                     std::holds_alternative<graph::DepthwiseConv2D>(node.op) ||
                     std::holds_alternative<graph::ConvTranspose2D>(node.op) ||
                     std::holds_alternative<graph::FullyConnected>(node.op);
  return layer && graph.value(node.inputs[0]).dtype == DType::kFloat32 &&
         graph.value(node.inputs[1]).dtype != DType::kFloat32;
}

// Returns how many layers had integer weights under float activations.
Result<size_t> MakeHybridLayersFloat(Graph& graph) {
  std::map<ValueId, ValueId> reals;
  size_t layers = 0;
  for (Node& node : graph.nodes) {
    if (!IsHybrid(graph, node)) continue;
    ++layers;
    ValueId& weights = node.inputs[1];
    if (const auto found = reals.find(weights); found != reals.end()) {
      weights = found->second;
      continue;
    }
    const graph::Value value = graph.value(weights);
    if (!value.constant) return Invalid("the weights of '", graph.NameOf(node), "' are computed");
    graph::Value real{.name = value.name, .shape = value.shape};
    GOLDCREST_TRY(real.constant, RealConstant(value));
    const ValueId made = graph.AddValue(std::move(real));
    reals[weights] = made;
    weights = made;
  }
  return layers;
}

bool HasZeroPoint(const graph::Value& value) {
  return tensor::LimitsOf(value.dtype) &&
         std::ranges::any_of(value.quantization.zero_point, [](int64_t zero) { return zero != 0; });
}

// What TensorFlow Lite prescribes the scale of: its zero point is no choice of a quantizer.
bool IsPrescribed(const graph::Op& op) {
  return std::holds_alternative<graph::Softmax>(op) || std::holds_alternative<graph::Logistic>(op);
}

// A softmax or logistic whose integers nothing reads but a DEQUANTIZE computes in reals instead:
// the two change places. Returns how many.
size_t DequantizeBeforePrescribed(Graph& graph) {
  const std::vector<int32_t> uses = graph::UseCounts(graph);
  const std::vector<int32_t> producers = graph::Producers(graph);
  size_t swapped = 0;
  for (Node& after : graph.nodes) {
    if (!std::holds_alternative<graph::Dequantize>(after.op)) continue;
    const ValueId between = after.inputs[0];
    const int32_t producer = producers[static_cast<size_t>(between)];
    if (producer < 0 || uses[static_cast<size_t>(between)] != 1) continue;
    Node& before = graph.nodes[static_cast<size_t>(producer)];
    if (!IsPrescribed(before.op) || !HasZeroPoint(graph.value(between))) continue;
    std::swap(before.op, after.op);
    graph.value(between).dtype = DType::kFloat32;
    graph.value(between).quantization = {};
    ++swapped;
  }
  return swapped;
}

// https://docs.nvidia.com/deeplearning/tensorrt/latest/inference-library/work-quantized-types.html
Status ExpectSymmetricInt8(const graph::Value& value) {
  constexpr const char* kRemedy =
      "; quantize the float model for it: goldcrest quantize --to int8 --symmetric --io float32";
  if (value.quantization.empty() || !tensor::LimitsOf(value.dtype)) return {};
  if (value.dtype != DType::kInt8) {
    return Fail(ErrorCode::kUnsupported, "TensorRT quantizes to int8, and '", value.name, "' is ",
                tensor::NameOf(value.dtype), kRemedy);
  }
  if (!HasZeroPoint(value)) return {};
  return Fail(ErrorCode::kUnsupported, "TensorRT takes no zero points, and '", value.name, "' has ",
              value.quantization.zero_point[0], kRemedy);
}

}  // namespace

Result<Graph> Adapt(const Graph& graph, Target target, std::vector<std::string>& notes) {
  Graph adapted = graph;
  GOLDCREST_RETURN_IF_ERROR(FoldDequantizedConstants(adapted));
  GOLDCREST_TRY(const size_t hybrid, MakeHybridLayersFloat(adapted));
  if (hybrid > 0) {
    notes.push_back(base::Cat("the integer weights of ", hybrid,
                              " layers with float activations are written as float32, for ONNX "
                              "has no such layers"));
  }
  if (target == Target::kTensorRt) {
    if (DequantizeBeforePrescribed(adapted) > 0) {
      notes.emplace_back(
          "the softmax computes in float32: its integers have a zero point, which TensorRT takes "
          "none of");
    }
    for (const Node& node : adapted.nodes) {
      for (ValueId id : node.inputs) {
        GOLDCREST_RETURN_IF_ERROR(ExpectSymmetricInt8(adapted.value(id)));
      }
      GOLDCREST_RETURN_IF_ERROR(ExpectSymmetricInt8(adapted.value(node.output)));
    }
  }
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(adapted));
  return adapted;
}

}  // namespace goldcrest::formats::onnx
