// The whole file: its message, the versions that it is written for, and what it says of itself.
#include <algorithm>
#include <array>

#include "base/file.h"
#include "formats/onnx/import.h"
#include "formats/onnx/metadata.h"
#include "formats/onnx/onnx.h"
#include "formats/reading/field_count.h"
#include "formats/reading/parse_message.h"
#include "graph/verify.h"
#include "tensor/input_contract.h"

namespace goldcrest::formats::onnx {
namespace {

enum MessageKind : uint8_t { kModel, kGraph, kNode, kAttribute, kTensor, kValueInfo, kType };

constexpr std::array kNestedFields = {
    reading::NestedField{kModel, 7, kGraph},      reading::NestedField{kGraph, 1, kNode},
    reading::NestedField{kGraph, 5, kTensor},     reading::NestedField{kGraph, 11, kValueInfo},
    reading::NestedField{kGraph, 12, kValueInfo}, reading::NestedField{kGraph, 13, kValueInfo},
    reading::NestedField{kNode, 5, kAttribute},   reading::NestedField{kAttribute, 5, kTensor},
    reading::NestedField{kAttribute, 6, kGraph},  reading::NestedField{kValueInfo, 2, kType},
    reading::NestedField{kType, 1, kType},        reading::NestedField{kType, 2, kType},
};

// Operators of opset 6 and before broadcast otherwise; from 7 on what changed is read both ways.
Result<int64_t> OpsetOf(const proto::ModelProto& model) {
  constexpr int64_t kOldest = 7;
  for (const proto::OperatorSetIdProto& opset : model.opset_import()) {
    if (!opset.domain().empty() && opset.domain() != "ai.onnx") continue;
    if (opset.version() >= kOldest) return opset.version();
    return Fail(ErrorCode::kUnsupported, "the model is written for opset ", opset.version(), "; ",
                kOldest, " and newer are read: convert it with onnx.version_converter");
  }
  return Invalid("the file does not say which version of ONNX's operators it is written for");
}

Status TakeMetadata(const proto::ModelProto& model, graph::Graph& graph) {
  graph.metadata.description = model.doc_string();
  for (const proto::StringStringEntryProto& entry : model.metadata_props()) {
    if (entry.key() == kContractKey) {
      GOLDCREST_TRY(graph.metadata.input_contract,
                    Within(kContractKey, tensor::InputContractFromJson(entry.value())));
      graph.metadata.input_contract_from = base::Cat("the file (", kContractKey, ")");
    }
    if (entry.key() != kLabelsKey) continue;
    std::string_view text = entry.value();
    if (!base::IsUtf8(text)) return Invalid(kLabelsKey, " is no text in UTF-8");
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      graph.metadata.labels.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return {};
}

}  // namespace

bool Sniff(std::span<const std::byte> file) {
  // ModelProto's field 1, the version of the format, and a field that comes next: who wrote it, the
  // graph or the opset.
  constexpr uint8_t kField1 = 0x08;
  constexpr std::array<uint8_t, 8> kNext = {0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72};
  constexpr uint8_t kOldest = 3;
  if (file.size() < 3 || std::to_integer<uint8_t>(file[0]) != kField1) return false;
  const auto version = std::to_integer<uint8_t>(file[1]);
  const bool next = std::ranges::find(kNext, std::to_integer<uint8_t>(file[2])) != kNext.end();
  return version >= kOldest && version < 0x80 && next;
}

Result<graph::Graph> Read(std::span<const std::byte> file, const ReadOptions& options) {
  GOLDCREST_RETURN_IF_ERROR(reading::ExpectFewFields(kNestedFields, kModel, file));
  proto::ModelProto model;
  GOLDCREST_RETURN_IF_ERROR(reading::ParseMessage(file, "the model", model));
  GOLDCREST_TRY(const int64_t opset, OpsetOf(model));
  reading::Budget budget(file.size());
  GOLDCREST_TRY(graph::Graph graph, ImportGraph(model.graph(), opset, options, budget));
  GOLDCREST_RETURN_IF_ERROR(graph::Verify(graph));
  GOLDCREST_RETURN_IF_ERROR(TakeMetadata(model, graph));
  return graph;
}

}  // namespace goldcrest::formats::onnx
