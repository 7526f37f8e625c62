#include <algorithm>
#include <map>

#include "formats/tflite/metadata.h"
#include "formats/tflite/operators.h"
#include "formats/tflite/stored_zip.h"
#include "formats/tflite/tflite.h"
#include "formats/tflite/write_operators.h"

namespace goldcrest::formats::tflite {
namespace {

using flatbuffers::Offset;

constexpr size_t kDataAlignment = 16;
// Flatbuffers cannot be larger; a little is left for the tables.
constexpr uint64_t kMostConstantBytes = (uint64_t{2} << 30) - (16 << 20);

class ModelWriter : public FileSink {
 public:
  explicit ModelWriter(const graph::Graph& graph) : graph_(graph) {}

  Result<std::vector<std::byte>> Write() {
    if (graph::ConstantBytes(graph_) > kMostConstantBytes) {
      return Fail(ErrorCode::kLimit, "the weights are larger than a .tflite file can be (2 GB)");
    }
    AddBuffer({});  // buffer 0 is empty by convention
    for (const graph::Value& value : graph_.values) AddTensor(value);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      GOLDCREST_RETURN_IF_ERROR(WriteOperator(graph_, i, *this));
    }
    WriteMetadataBuffers();
    FinishModel();
    auto bytes = std::as_bytes(builder_.GetBufferSpan());
    std::vector<std::byte> file(bytes.begin(), bytes.end());
    const std::vector<std::string>& labels = graph_.metadata.labels;
    if (!labels.empty()) {
      std::string text = base::Join(labels, "\n") + "\n";
      AppendStoredZip(file, kLabelsName, base::AsBytes(text));
    }
    return file;
  }

  flatbuffers::FlatBufferBuilder& builder() override { return builder_; }

  int32_t AddTensor(const graph::Value& value) override {
    uint32_t buffer = value.constant ? AddBuffer(value.constant->bytes()) : 0;
    std::vector<int32_t> signature(value.shape.begin(), value.shape.end());
    std::vector<int32_t> shape = signature;
    std::ranges::replace(shape, -1, 1);
    bool dynamic = shape != signature;
    Offset<schema::QuantizationParameters> quantization;
    const tensor::Quantization& q = value.quantization;
    if (!q.empty()) {
      quantization = schema::CreateQuantizationParametersDirect(builder_, nullptr, nullptr,
                                                                &q.scale, &q.zero_point, 0, q.axis);
    }
    tensors_.push_back(schema::CreateTensorDirect(builder_, &shape, WriteType(value.dtype), buffer,
                                                  value.name.c_str(), quantization, false, 0,
                                                  dynamic ? &signature : nullptr));
    return static_cast<int32_t>(tensors_.size()) - 1;
  }

  int32_t AddVector(const std::string& name, const tensor::Shape& shape,
                    std::span<const int32_t> elements) override {
    return AddTensor({.name = name,
                      .dtype = tensor::DType::kInt32,
                      .shape = shape,
                      .constant = tensor::SharedBytes::Copy(elements)});
  }

  void AddOperator(schema::BuiltinOperator code, int version, std::vector<int32_t> inputs,
                   int32_t output, schema::BuiltinOptions options_type,
                   Offset<void> options) override {
    std::vector<int32_t> outputs = {output};
    operators_.push_back(schema::CreateOperatorDirect(builder_, CodeIndex(code, version, ""),
                                                      &inputs, &outputs, options_type, options));
  }

  void AddCustomOperator(const std::string& code, std::vector<int32_t> inputs,
                         std::vector<int32_t> outputs, std::span<const uint8_t> options) override {
    const std::vector<uint8_t> bytes(options.begin(), options.end());
    operators_.push_back(
        schema::CreateOperatorDirect(builder_, CodeIndex(schema::BuiltinOperator::CUSTOM, 1, code),
                                     &inputs, &outputs, schema::BuiltinOptions::NONE, 0, &bytes));
  }

 private:
  uint32_t CodeIndex(schema::BuiltinOperator code, int version, const std::string& custom) {
    auto [found, is_new] = codes_.emplace(std::tuple(code, version, custom), code_tables_.size());
    if (is_new) {
      auto narrow = static_cast<int8_t>(std::min<int32_t>(
          static_cast<int32_t>(code),
          static_cast<int32_t>(schema::BuiltinOperator::PLACEHOLDER_FOR_GREATER_OP_CODES)));
      code_tables_.push_back(schema::CreateOperatorCodeDirect(
          builder_, narrow, custom.empty() ? nullptr : custom.c_str(), version, code));
    }
    return static_cast<uint32_t>(found->second);
  }

  uint32_t AddBuffer(std::span<const std::byte> bytes) {
    Offset<flatbuffers::Vector<uint8_t>> data;
    if (!bytes.empty()) {
      builder_.ForceVectorAlignment(bytes.size(), 1, kDataAlignment);
      data = builder_.CreateVector(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    }
    buffers_.push_back(schema::CreateBuffer(builder_, data));
    return static_cast<uint32_t>(buffers_.size()) - 1;
  }

  void WriteMetadataBuffers() {
    auto add = [&](const char* name, std::span<const std::byte> contents) {
      metadata_.push_back(schema::CreateMetadataDirect(builder_, name, AddBuffer(contents)));
    };
    if (!graph_.metadata.input_contract && graph_.metadata.labels.empty()) return;
    add(kMetadataName, WriteMetadata(graph_));
    if (graph_.metadata.input_contract) {
      add(kContractName, base::AsBytes(tensor::ToJson(*graph_.metadata.input_contract)));
    }
  }

  std::vector<Offset<schema::TensorMap>> SignatureMap(const std::vector<graph::ValueId>& ids,
                                                      const std::vector<std::string>& names) {
    std::vector<Offset<schema::TensorMap>> map;
    for (size_t i = 0; i < ids.size(); ++i) {
      const std::string& name = names.empty() ? graph_.value(ids[i]).name : names[i];
      map.push_back(
          schema::CreateTensorMapDirect(builder_, name.c_str(), static_cast<uint32_t>(ids[i])));
    }
    return map;
  }

  void FinishModel() {
    auto inputs = SignatureMap(graph_.inputs, graph_.input_names);
    auto outputs = SignatureMap(graph_.outputs, graph_.output_names);
    std::vector<Offset<schema::SignatureDef>> signatures = {
        schema::CreateSignatureDefDirect(builder_, &inputs, &outputs, "serving_default", 0)};
    std::vector<Offset<schema::SubGraph>> subgraphs = {schema::CreateSubGraphDirect(
        builder_, &tensors_, &graph_.inputs, &graph_.outputs, &operators_, graph_.name.c_str())};
    auto model = schema::CreateModelDirect(builder_, 3, &code_tables_, &subgraphs, "Goldcrest",
                                           &buffers_, nullptr, &metadata_, &signatures);
    schema::FinishModelBuffer(builder_, model);
  }

  const graph::Graph& graph_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Offset<schema::Buffer>> buffers_;
  std::vector<Offset<schema::Tensor>> tensors_;  // the graph's values first, in their order
  std::vector<Offset<schema::Operator>> operators_;
  // Code, version and custom name → index.
  std::map<std::tuple<schema::BuiltinOperator, int, std::string>, size_t> codes_;
  std::vector<Offset<schema::OperatorCode>> code_tables_;
  std::vector<Offset<schema::Metadata>> metadata_;
};

}  // namespace

Result<std::vector<std::byte>> Write(const graph::Graph& graph) {
  return ModelWriter(graph).Write();
}

}  // namespace goldcrest::formats::tflite
