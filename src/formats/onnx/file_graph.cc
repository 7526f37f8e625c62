#include "formats/onnx/file_graph.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "formats/onnx/tensor_types.h"

namespace goldcrest::formats::onnx {
namespace {

constexpr int kMostNodes = 1 << 18;

// Read their first input as pictures with their channels in front.
constexpr std::array<std::string_view, 8> kChannelsFirst = {
    "AveragePool",       "BatchNormalization", "Conv",    "ConvTranspose",
    "GlobalAveragePool", "GlobalMaxPool",      "MaxPool", "PRelu"};

// Go over each element by itself.
constexpr std::array<std::string_view, 16> kElementwise = {"Add",
                                                           "Cast",
                                                           "Clip",
                                                           "DequantizeLinear",
                                                           "Div",
                                                           "Dropout",
                                                           "HardSigmoid",
                                                           "HardSwish",
                                                           "Identity",
                                                           "LeakyRelu",
                                                           "Mul",
                                                           "Pad",
                                                           "QuantizeLinear",
                                                           "Relu",
                                                           "Sigmoid",
                                                           "Sub"};

constexpr std::array<std::string_view, 4> kLayers = {"Conv", "ConvTranspose", "Gemm", "MatMul"};

template <size_t kCount>
bool IsOneOf(const std::array<std::string_view, kCount>& ops, const proto::NodeProto& node) {
  return std::ranges::find(ops, node.op_type()) != ops.end();
}

// The tensor of a Constant operator; null where it is given otherwise.
const proto::TensorProto* ConstantOf(const proto::NodeProto& node) {
  const bool tensor = node.op_type() == "Constant" && node.attribute_size() == 1 &&
                      node.attribute(0).name() == "value" && node.attribute(0).has_t();
  return tensor ? &node.attribute(0).t() : nullptr;
}

Status AddConstants(const proto::GraphProto& graph, FileGraph& file) {
  for (const proto::TensorProto& tensor : graph.initializer()) {
    if (tensor.name().empty()) return Invalid("a constant has no name");
    if (!file.constants.emplace(tensor.name(), &tensor).second) {
      return Invalid("two constants have the name '", tensor.name(), "'");
    }
  }
  return {};
}

Status AddMakers(const proto::GraphProto& graph, FileGraph& file) {
  for (const proto::NodeProto& node : graph.node()) {
    if (node.output_size() == 0 || node.output(0).empty()) {
      return Invalid("a node of the operator ", node.op_type(), " has no output");
    }
    for (const std::string& output : node.output()) {
      if (output.empty()) continue;
      const bool is_new =
          !file.constants.contains(output) && file.makers.emplace(output, &node).second;
      if (!is_new) return Invalid("'", output, "' is made twice");
    }
  }
  for (const proto::NodeProto& node : graph.node()) {
    if (const proto::TensorProto* tensor = ConstantOf(node)) {
      file.constants.emplace(node.output(0), tensor);
    }
  }
  return {};
}

Status AddInputs(const proto::GraphProto& graph, FileGraph& file) {
  std::unordered_set<std::string_view> names;
  for (const proto::ValueInfoProto& input : graph.input()) {
    if (!names.insert(input.name()).second || file.makers.contains(input.name())) {
      return Invalid("'", input.name(), "' is made twice");
    }
    if (!file.constants.contains(input.name())) file.inputs.push_back(&input);
  }
  return {};
}

// Marks what the outputs depend on.
std::unordered_set<const proto::NodeProto*> Needed(const proto::GraphProto& graph,
                                                   const FileGraph& file) {
  std::unordered_set<const proto::NodeProto*> needed;
  std::vector<const proto::NodeProto*> todo;
  auto need = [&](std::string_view name) {
    auto maker = file.makers.find(name);
    if (maker == file.makers.end() || file.constants.contains(name)) return;
    if (needed.insert(maker->second).second) todo.push_back(maker->second);
  };
  for (const proto::ValueInfoProto& output : graph.output()) need(output.name());
  while (!todo.empty()) {
    const proto::NodeProto& node = *todo.back();
    todo.pop_back();
    for (const std::string& input : node.input()) need(input);
  }
  return needed;
}

}  // namespace

Result<FileGraph> IndexGraph(const proto::GraphProto& graph) {
  if (graph.node_size() > kMostNodes) {
    return Fail(ErrorCode::kLimit, "the graph has ", graph.node_size(), " nodes; up to ",
                kMostNodes, " are read");
  }
  FileGraph file;
  GOLDCREST_RETURN_IF_ERROR(AddConstants(graph, file));
  GOLDCREST_RETURN_IF_ERROR(AddMakers(graph, file));
  GOLDCREST_RETURN_IF_ERROR(AddInputs(graph, file));
  const auto needed = Needed(graph, file);
  for (const proto::NodeProto& node : graph.node()) {
    if (!needed.contains(&node)) continue;
    file.nodes.push_back(&node);
    for (const std::string& input : node.input()) {
      std::vector<const proto::NodeProto*>& readers = file.readers[input];
      // Once, however often it reads it.
      if (readers.empty() || readers.back() != &node) readers.push_back(&node);
    }
  }
  return file;
}

bool IsReadChannelsFirst(const FileGraph& graph, std::string_view tensor) {
  std::unordered_set<std::string_view> seen = {tensor};
  std::vector<std::string_view> todo = {tensor};
  while (!todo.empty()) {
    const std::string_view name = todo.back();
    todo.pop_back();
    auto readers = graph.readers.find(name);
    if (readers == graph.readers.end()) continue;
    for (const proto::NodeProto* reader : readers->second) {
      if (IsOneOf(kChannelsFirst, *reader) && reader->input(0) == name) return true;
      if (!IsOneOf(kElementwise, *reader)) continue;
      if (seen.insert(reader->output(0)).second) todo.push_back(reader->output(0));
    }
  }
  return false;
}

bool HasSignedWeights(const FileGraph& graph) {
  auto type_of = [&](std::string_view name) {
    auto constant = graph.constants.find(name);
    return constant == graph.constants.end() ? 0 : constant->second->data_type();
  };
  for (const proto::NodeProto* node : graph.nodes) {
    if (!IsOneOf(kLayers, *node) || node->input_size() < 2) continue;
    auto maker = graph.makers.find(node->input(1));
    if (maker == graph.makers.end()) continue;
    const proto::NodeProto& reals = *maker->second;
    if (reals.op_type() != "DequantizeLinear" || reals.input_size() < 1) continue;
    if (type_of(reals.input(0)) == kInt8Type) return true;
    auto integers = graph.makers.find(reals.input(0));
    if (integers == graph.makers.end() || integers->second->input_size() < 3) continue;
    if (type_of(integers->second->input(2)) == kInt8Type) return true;
  }
  return false;
}

}  // namespace goldcrest::formats::onnx
