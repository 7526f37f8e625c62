#include <algorithm>
#include <cctype>
#include <limits>
#include <ranges>

#include "base/strings.h"
#include "formats/onnx/metadata.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/write_operators.h"
#include "graph/infer.h"

namespace goldcrest::formats::onnx {
namespace {

using graph::Node;

// The oldest in which all operators that are written have their form, and which engines of today
// and of some years ago read. Resizes of height and width only, whatever the batch, and
// QuantizeLinear to int16 came later.
constexpr int64_t kOpset = 17;
constexpr int64_t kIrVersion = 8;
constexpr int64_t kResizeOpset = 18;
constexpr int64_t kInt16Opset = 21;
constexpr int64_t kInt16IrVersion = 10;

bool HasInt16(const graph::Graph& graph) {
  return std::ranges::any_of(graph.values, [](const graph::Value& value) {
    return value.dtype == tensor::DType::kInt16 && StandsForReals(value);
  });
}

bool HasResizeOfAnyBatch(const graph::Graph& graph) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    const bool resize = std::holds_alternative<graph::ResizeBilinear>(node.op) ||
                        std::holds_alternative<graph::ResizeNearest>(node.op);
    return resize && graph.value(node.output).shape[0] < 0;
  });
}

// By node: the outputs are made of what it makes.
std::vector<bool> NeededNodes(const graph::Graph& graph, std::span<const int32_t> producers) {
  std::vector<bool> needed(graph.values.size(), false);
  auto need = [&](graph::ValueId id) { needed[static_cast<size_t>(id)] = true; };
  std::ranges::for_each(graph.outputs, need);
  std::vector<bool> nodes(graph.nodes.size(), false);
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (!needed[static_cast<size_t>(node.output)]) continue;
    nodes[i] = true;
    std::ranges::for_each(ReadValues(graph, producers, node), need);
  }
  return nodes;
}

void AddMetadata(const graph::Metadata& metadata, proto::ModelProto& model) {
  auto add = [&](const char* key, std::string value) {
    proto::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(std::move(value));
  };
  if (!metadata.description.empty()) model.set_doc_string(metadata.description);
  if (metadata.input_contract) add(kContractKey, tensor::ToJson(*metadata.input_contract));
  if (!metadata.labels.empty()) add(kLabelsKey, base::Join(metadata.labels, "\n"));
}

Status WriteNodes(const graph::Graph& graph, const WriteOptions& options, int64_t opset,
                  WrittenGraph& file) {
  const std::vector<int32_t> producers = graph::Producers(graph);
  const std::vector<bool> needed = NeededNodes(graph, producers);
  WrittenValues values(graph, options, file);
  values.DeclareInputs();
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!needed[i]) continue;
    const Context context{graph, graph.nodes[i], producers, options, opset, file, values};
    GOLDCREST_RETURN_IF_ERROR(
        Within(graph::Describe(graph, i),
               std::visit([&](const auto& op) { return Write(op, context); }, graph.nodes[i].op)));
  }
  values.DeclareOutputs();
  return {};
}

template <size_t kCount>
Result<size_t> IndexOf(const std::array<std::string_view, kCount>& names, std::string_view name,
                       std::string_view what) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  std::vector<std::string> known(names.begin(), names.end());
  return Fail(ErrorCode::kUsage, what, " is '", name, "'; it can be ", base::Join(known, ", "));
}

}  // namespace

Result<Target> ParseTarget(std::string_view name) {
  GOLDCREST_TRY(const size_t index, IndexOf(kTargetNames, name, "the target"));
  return static_cast<Target>(index);
}

Result<PictureLayout> ParsePictureLayout(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  GOLDCREST_TRY(const size_t index, IndexOf(kPictureLayoutNames, upper, "the layout"));
  return static_cast<PictureLayout>(index);
}

Result<std::vector<std::byte>> Write(const graph::Graph& graph, const WriteOptions& options) {
  if (graph::ConstantBytes(graph) > (uint64_t{2} << 30) - (16 << 20)) {
    return Fail(ErrorCode::kLimit, "the weights are larger than an ONNX file can be (2 GB)");
  }
  const bool int16 = HasInt16(graph);
  proto::ModelProto model;
  model.set_ir_version(int16 ? kInt16IrVersion : kIrVersion);
  model.set_producer_name("Goldcrest");
  model.set_producer_version(options.producer_version);
  proto::OperatorSetIdProto& operators = *model.add_opset_import();
  operators.set_domain("");
  operators.set_version(int16 ? kInt16Opset : HasResizeOfAnyBatch(graph) ? kResizeOpset : kOpset);
  AddMetadata(graph.metadata, model);
  model.mutable_graph()->set_name(graph.name.empty() ? "model" : graph.name);
  WrittenGraph file(*model.mutable_graph());
  GOLDCREST_RETURN_IF_ERROR(WriteNodes(graph, options, operators.version(), file));
  std::vector<std::byte> bytes(model.ByteSizeLong());
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return Fail(ErrorCode::kLimit, "the model is larger than an ONNX file can be (2 GB)");
  }
  model.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(bytes.data()));
  return bytes;
}

}  // namespace goldcrest::formats::onnx
