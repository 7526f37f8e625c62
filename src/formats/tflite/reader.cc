#include <algorithm>

#include "formats/tflite/file_tables.h"
#include "formats/tflite/metadata.h"
#include "formats/tflite/operators.h"
#include "formats/tflite/read_tensor.h"
#include "formats/tflite/tflite.h"
#include "graph/infer.h"
#include "graph/verify.h"

namespace goldcrest::formats::tflite {
namespace {

class Reader {
 public:
  explicit Reader(FileTables tables) : tables_(std::move(tables)) {}

  Result<graph::Graph> Read() {
    graph_.name = TextOf(subgraph_.name());
    for (uint32_t i = 0; i < SizeOf(subgraph_.tensors()); ++i) {
      GOLDCREST_TRY(graph::Value value, Within(base::Cat("tensor ", i),
                                               ReadTensor(*subgraph_.tensors()->Get(i), tables_)));
      MendAxis(value);
      graph_.AddValue(std::move(value));
    }
    GOLDCREST_RETURN_IF_ERROR(ReadEnds());
    for (uint32_t i = 0; i < SizeOf(subgraph_.operators()); ++i) {
      GOLDCREST_RETURN_IF_ERROR(ReadOperatorAt(i));
    }
    GOLDCREST_RETURN_IF_ERROR(CheckShapes());
    GOLDCREST_RETURN_IF_ERROR(graph::Verify(graph_));
    GOLDCREST_RETURN_IF_ERROR(ReadAllMetadata());
    if (mended_axes_ > 0) {
      graph_.metadata.notes.push_back(base::Cat(
          mended_axes_, " tensors name a dimension that they do not have for their scales; it is ",
          "taken for their only one, as older runtimes do; newer ones refuse the file"));
    }
    return std::move(graph_);
  }

 private:
  // Some files give biases the axis of the filters that they belong to.
  void MendAxis(graph::Value& value) {
    tensor::Quantization& q = value.quantization;
    bool fits = value.shape == tensor::Shape{static_cast<int64_t>(q.scale.size())};
    if (!q.per_channel() || q.axis == 0 || !fits) return;
    q.axis = 0;
    ++mended_axes_;
  }

  Result<graph::ValueId> TensorId(int32_t index) const {
    if (index < 0 || static_cast<size_t>(index) >= SizeOf(subgraph_.tensors())) {
      return Invalid("names tensor ", index, " of ", SizeOf(subgraph_.tensors()));
    }
    return index;
  }

  Status ReadEnds() {
    for (uint32_t i = 0; i < SizeOf(subgraph_.inputs()); ++i) {
      GOLDCREST_TRY(graph::ValueId id, Within("the inputs", TensorId(subgraph_.inputs()->Get(i))));
      graph_.inputs.push_back(id);
    }
    for (uint32_t i = 0; i < SizeOf(subgraph_.outputs()); ++i) {
      GOLDCREST_TRY(graph::ValueId id,
                    Within("the outputs", TensorId(subgraph_.outputs()->Get(i))));
      graph_.outputs.push_back(id);
    }
    ReadSignature();
    return {};
  }

  // The names by which the signature knows inputs and outputs; none where it does not name all.
  void ReadSignature() {
    if (tables_.signature() == nullptr) return;
    const schema::SignatureDef& signature = *tables_.signature();
    auto read = [](const auto* map, const std::vector<graph::ValueId>& ids) {
      std::vector<std::string> names;
      for (graph::ValueId id : ids) {
        for (uint32_t i = 0; i < SizeOf(map); ++i) {
          if (static_cast<int64_t>(map->Get(i)->tensor_index()) != id) continue;
          names.push_back(TextOf(map->Get(i)->name()));
          break;
        }
      }
      if (names.size() != ids.size()) names.clear();
      return names;
    };
    graph_.input_names = read(signature.inputs(), graph_.inputs);
    graph_.output_names = read(signature.outputs(), graph_.outputs);
  }

  Status ReadOperatorAt(uint32_t index) {
    const schema::Operator& op = *subgraph_.operators()->Get(index);
    if (op.opcode_index() >= SizeOf(model_.operator_codes())) {
      return Invalid("operator ", index, " names operator code ", op.opcode_index(), " of ",
                     SizeOf(model_.operator_codes()));
    }
    const schema::OperatorCode& said = *model_.operator_codes()->Get(op.opcode_index());
    // Files from before 2020 have only the short field; newer ones 127 there for codes above it.
    auto code = static_cast<schema::BuiltinOperator>(std::max<int32_t>(
        said.deprecated_builtin_code(), static_cast<int32_t>(said.builtin_code())));
    std::string name = code == schema::BuiltinOperator::CUSTOM
                           ? base::Cat("CUSTOM ", TextOf(said.custom_code()))
                           : std::string(schema::EnumNameBuiltinOperator(code));
    if (name.empty()) name = base::Cat("of code ", static_cast<int32_t>(code));
    return Within(base::Cat("operator ", index, " ", name),
                  ReadOperands(op, code, TextOf(said.custom_code())));
  }

  Status ReadOperands(const schema::Operator& op, schema::BuiltinOperator code,
                      const std::string& custom_code) {
    const size_t operands = size_t{SizeOf(op.inputs())} + SizeOf(op.outputs());
    GOLDCREST_RETURN_IF_ERROR(tables_.CountCopied(operands * sizeof(graph::ValueId)));
    FileOperator file_operator{op, {}, {}};
    for (uint32_t i = 0; i < SizeOf(op.inputs()); ++i) {
      int32_t index = op.inputs()->Get(i);
      if (index != -1) {
        GOLDCREST_TRY(index, TensorId(index));
      }
      file_operator.inputs.push_back(index);
    }
    for (uint32_t i = 0; i < SizeOf(op.outputs()); ++i) {
      GOLDCREST_TRY(const graph::ValueId id, TensorId(op.outputs()->Get(i)));
      file_operator.outputs.push_back(id);
    }
    if (file_operator.outputs.empty()) return Invalid("has no output");
    return ReadOperator(code, custom_code, file_operator, graph_);
  }

  // Our shape rules must agree with every dimension that the file states.
  Status CheckShapes() {
    graph::Graph inferred = graph_;
    GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(inferred));
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      graph::ValueId id = graph_.nodes[i].output;
      const graph::Value& said = graph_.value(id);
      const graph::Value& follows = inferred.value(id);
      bool made_here = static_cast<size_t>(id) >= SizeOf(subgraph_.tensors());
      bool same = said.dtype == follows.dtype && said.shape.size() == follows.shape.size();
      for (size_t d = 0; same && d < said.shape.size(); ++d) {
        same = said.shape[d] == follows.shape[d] || said.shape[d] == -1 || follows.shape[d] == -1;
      }
      if (!same && !made_here) {
        return Invalid(graph::Describe(graph_, i), " is said to make ", tensor::NameOf(said.dtype),
                       tensor::ToString(said.shape), ", but it makes ",
                       tensor::NameOf(follows.dtype), tensor::ToString(follows.shape));
      }
    }
    graph_ = std::move(inferred);
    return {};
  }

  Status ReadAllMetadata() {
    graph_.metadata.description = TextOf(model_.description());
    std::span<const std::byte> contract;
    for (uint32_t i = 0; i < SizeOf(model_.metadata()); ++i) {
      const schema::Metadata& entry = *model_.metadata()->Get(i);
      std::string name = TextOf(entry.name());
      if (name != kMetadataName && name != kContractName) continue;
      GOLDCREST_TRY(auto contents,
                    Within(base::Cat("metadata ", name), tables_.BufferAt(entry.buffer())));
      if (name == kMetadataName) {
        GOLDCREST_RETURN_IF_ERROR(ReadMetadata(contents, tables_.file().bytes(), graph_));
      } else {
        contract = contents;
      }
    }
    if (contract.empty()) return {};
    GOLDCREST_TRY(graph_.metadata.input_contract,
                  Within(base::Cat("metadata ", kContractName),
                         tensor::InputContractFromJson(base::AsText(contract))));
    graph_.metadata.input_contract_from = base::Cat("the file (", kContractName, ")");
    return {};
  }

  FileTables tables_;
  const schema::Model& model_ = tables_.model();
  const schema::SubGraph& subgraph_ = tables_.subgraph();
  int mended_axes_ = 0;
  graph::Graph graph_;
};

}  // namespace

bool Sniff(std::span<const std::byte> file) {
  return file.size() >= 8 && base::AsText(file.subspan(4, 4)) == "TFL3";
}

Result<graph::Graph> Read(const std::shared_ptr<const base::MappedFile>& file,
                          const std::string& signature_key) {
  return Read(tensor::SharedBytes::Of(file), signature_key);
}

Result<graph::Graph> Read(const tensor::SharedBytes& file, const std::string& signature_key) {
  GOLDCREST_TRY(FileTables tables, FileTables::Open(file, signature_key));
  return Reader(std::move(tables)).Read();
}

}  // namespace goldcrest::formats::tflite
