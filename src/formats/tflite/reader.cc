#include <algorithm>
#include <cstring>

#include "formats/tflite/metadata.h"
#include "formats/tflite/operators.h"
#include "formats/tflite/tflite.h"
#include "graph/infer.h"
#include "graph/verify.h"

namespace goldcrest::formats::tflite {
namespace {

constexpr uint32_t kFormatVersion = 3;
constexpr flatbuffers::uoffset_t kMostTables = 1000000;
constexpr uint32_t kMostDimensions = 8;
constexpr size_t kMostCopies = 4;  // of the file's size, beyond
constexpr size_t kFreeCopies = size_t{1} << 20;

template <class... Parts>
std::unexpected<Error> Invalid(const Parts&... parts) {
  return Fail(ErrorCode::kInvalid, parts...);
}

// A vector that may be absent, as one that may be empty.
template <class T>
uint32_t SizeOf(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

std::string TextOf(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

Result<tensor::DType> ReadType(schema::TensorType type) {
  using tensor::DType;
  switch (type) {
    case schema::TensorType::FLOAT32:
      return DType::kFloat32;
    case schema::TensorType::FLOAT16:
      return DType::kFloat16;
    case schema::TensorType::INT8:
      return DType::kInt8;
    case schema::TensorType::UINT8:
      return DType::kUInt8;
    case schema::TensorType::INT16:
      return DType::kInt16;
    case schema::TensorType::INT32:
      return DType::kInt32;
    case schema::TensorType::INT64:
      return DType::kInt64;
    case schema::TensorType::BOOL:
      return DType::kBool;
    default:
      return Fail(ErrorCode::kUnsupported, "elements of type ", schema::EnumNameTensorType(type),
                  " (", static_cast<int>(type), ")");
  }
}

// The flatbuffers' verifier sees to it that a vector's count is aligned, not that its elements are.
std::vector<int64_t> Copied(const flatbuffers::Vector<int64_t>& numbers) {
  std::vector<int64_t> copied(numbers.size());
  std::memcpy(copied.data(), numbers.Data(), copied.size() * sizeof(int64_t));
  for (int64_t& number : copied) number = flatbuffers::EndianScalar(number);
  return copied;
}

// As the file says it; graph::Verify checks that it fits.
Result<tensor::Quantization> ReadQuantization(const schema::QuantizationParameters* said) {
  tensor::Quantization out;
  if (said == nullptr) return out;
  if (said->details_type() != 0) {
    return Fail(ErrorCode::kUnsupported, "quantization by anything but scales and zero points");
  }
  const uint32_t count = SizeOf(said->scale());
  if (count == 0) return out;
  out.scale.assign(said->scale()->begin(), said->scale()->end());
  // One zero point stands for all, none for 0.
  const uint32_t zeros = SizeOf(said->zero_point());
  if (zeros > 1 && zeros != count) return Invalid(count, " scales but ", zeros, " zero points");
  if (zeros > 0) out.zero_point = Copied(*said->zero_point());
  if (zeros < 2) out.zero_point.assign(count, zeros == 0 ? 0 : out.zero_point.front());
  if (count > 1) out.axis = said->quantized_dimension();
  return out;
}

class Reader {
 public:
  explicit Reader(const tensor::SharedBytes& file) : file_(file), bytes_(file.bytes()) {}

  Result<graph::Graph> Read() {
    GOLDCREST_RETURN_IF_ERROR(Open());
    for (uint32_t i = 0; i < SizeOf(subgraph_->tensors()); ++i) {
      GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("tensor ", i), ReadTensor(i)));
    }
    GOLDCREST_RETURN_IF_ERROR(ReadEnds());
    for (uint32_t i = 0; i < SizeOf(subgraph_->operators()); ++i) {
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
  Status Open() {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes_.data());
    if (!Sniff(bytes_)) return Invalid("is no .tflite file: the mark TFL3 is missing");
    flatbuffers::Verifier verifier(data, bytes_.size(), 64, kMostTables);
    if (!schema::VerifyModelBuffer(verifier)) {
      return Invalid("the file is damaged or cut short: its tables point outside of its ",
                     bytes_.size(), " bytes");
    }
    model_ = schema::GetModel(data);
    if (model_->version() != kFormatVersion) {
      return Fail(ErrorCode::kUnsupported, "the file is of format version ", model_->version(),
                  "; version ", kFormatVersion, " is supported");
    }
    if (SizeOf(model_->subgraphs()) != 1) {
      return Fail(ErrorCode::kUnsupported, "the file holds ", SizeOf(model_->subgraphs()),
                  " subgraphs; one is supported");
    }
    subgraph_ = model_->subgraphs()->Get(0);
    graph_.name = TextOf(subgraph_->name());
    return {};
  }

  // Vectors of a flatbuffer may point at the same table again and again: what is copied out of the
  // file must not grow beyond it.
  Status CountCopied(size_t bytes) {
    copied_ += bytes;
    if (copied_ <= kMostCopies * bytes_.size() + kFreeCopies) return {};
    return Fail(ErrorCode::kLimit, "its tables repeat the same data over and over");
  }

  // The bytes of a buffer; none where it is empty.
  Result<std::span<const std::byte>> BufferAt(uint32_t index) const {
    if (index >= SizeOf(model_->buffers())) {
      return Invalid("names buffer ", index, " of ", SizeOf(model_->buffers()));
    }
    const schema::Buffer& buffer = *model_->buffers()->Get(index);
    if (buffer.offset() > 1) {
      return Fail(ErrorCode::kUnsupported, "buffers outside of the flatbuffer (a file over 2 GB)");
    }
    if (buffer.data() == nullptr) return std::span<const std::byte>();
    return std::as_bytes(std::span(buffer.data()->data(), buffer.data()->size()));
  }

  Status ReadTensor(uint32_t index) {
    const schema::Tensor& said = *subgraph_->tensors()->Get(index);
    GOLDCREST_RETURN_IF_ERROR(CountCopied(
        (said.name() == nullptr ? 0 : said.name()->size()) +
        SizeOf(said.shape()) * sizeof(int64_t) +
        (said.quantization() == nullptr
             ? 0
             : SizeOf(said.quantization()->scale()) * (sizeof(float) + sizeof(int64_t)))));
    graph::Value value{.name = TextOf(said.name()), .shape = {}};
    if (said.is_variable()) return Fail(ErrorCode::kUnsupported, "variables");
    GOLDCREST_TRY(value.dtype, ReadType(said.type()));
    if (SizeOf(said.shape()) > kMostDimensions) {
      return Fail(ErrorCode::kUnsupported, SizeOf(said.shape()), " dimensions");
    }
    if (said.shape() != nullptr) value.shape.assign(said.shape()->begin(), said.shape()->end());
    // The signature says which dimensions are dynamic; where it contradicts the shape, that counts.
    if (SizeOf(said.shape_signature()) == value.shape.size()) {
      for (uint32_t d = 0; d < value.shape.size(); ++d) {
        if (said.shape_signature()->Get(d) == -1) value.shape[d] = -1;
      }
    }
    if (said.sparsity() != nullptr) return Fail(ErrorCode::kUnsupported, "sparse tensors");
    GOLDCREST_TRY(value.quantization, ReadQuantization(said.quantization()));
    MendAxis(value);
    GOLDCREST_TRY(auto contents, BufferAt(said.buffer()));
    if (!contents.empty()) {
      std::optional<size_t> expected = tensor::ByteCount(value.dtype, value.shape);
      if (expected != contents.size()) {
        return Invalid("'", value.name, "' of shape ", tensor::ToString(value.shape), " has ",
                       contents.size(), " bytes of data");
      }
      bool aligned =
          reinterpret_cast<uintptr_t>(contents.data()) % tensor::SizeOf(value.dtype) == 0;
      if (!aligned) GOLDCREST_RETURN_IF_ERROR(CountCopied(contents.size()));
      value.constant =
          aligned ? file_.Window(contents) : tensor::SharedBytes::Copy<std::byte>(contents);
    }
    graph_.AddValue(std::move(value));
    return {};
  }

  // Some files give biases the axis of the filters that they belong to.
  void MendAxis(graph::Value& value) {
    tensor::Quantization& q = value.quantization;
    bool fits = value.shape == tensor::Shape{static_cast<int64_t>(q.scale.size())};
    if (!q.per_channel() || q.axis == 0 || !fits) return;
    q.axis = 0;
    ++mended_axes_;
  }

  Result<graph::ValueId> TensorId(int32_t index) const {
    if (index < 0 || static_cast<size_t>(index) >= SizeOf(subgraph_->tensors())) {
      return Invalid("names tensor ", index, " of ", SizeOf(subgraph_->tensors()));
    }
    return index;
  }

  Status ReadEnds() {
    for (uint32_t i = 0; i < SizeOf(subgraph_->inputs()); ++i) {
      GOLDCREST_TRY(graph::ValueId id, Within("the inputs", TensorId(subgraph_->inputs()->Get(i))));
      graph_.inputs.push_back(id);
    }
    for (uint32_t i = 0; i < SizeOf(subgraph_->outputs()); ++i) {
      GOLDCREST_TRY(graph::ValueId id,
                    Within("the outputs", TensorId(subgraph_->outputs()->Get(i))));
      graph_.outputs.push_back(id);
    }
    ReadSignature();
    return {};
  }

  // The names by which the one signature knows inputs and outputs; none where it does not name all.
  void ReadSignature() {
    if (SizeOf(model_->signature_defs()) != 1) return;
    const schema::SignatureDef& signature = *model_->signature_defs()->Get(0);
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
    const schema::Operator& op = *subgraph_->operators()->Get(index);
    if (op.opcode_index() >= SizeOf(model_->operator_codes())) {
      return Invalid("operator ", index, " names operator code ", op.opcode_index(), " of ",
                     SizeOf(model_->operator_codes()));
    }
    const schema::OperatorCode& said = *model_->operator_codes()->Get(op.opcode_index());
    // Files from before 2020 have only the short field; newer ones 127 there for codes above it.
    auto code = static_cast<schema::BuiltinOperator>(std::max<int32_t>(
        said.deprecated_builtin_code(), static_cast<int32_t>(said.builtin_code())));
    std::string name = code == schema::BuiltinOperator::CUSTOM
                           ? base::Cat("CUSTOM ", TextOf(said.custom_code()))
                           : std::string(schema::EnumNameBuiltinOperator(code));
    if (name.empty()) name = base::Cat("of code ", static_cast<int32_t>(code));
    return Within(base::Cat("operator ", index, " ", name), ReadOperands(op, code));
  }

  Status ReadOperands(const schema::Operator& op, schema::BuiltinOperator code) {
    GOLDCREST_RETURN_IF_ERROR(CountCopied(SizeOf(op.inputs()) * sizeof(graph::ValueId)));
    FileOperator file_operator{op, {}, 0};
    for (uint32_t i = 0; i < SizeOf(op.inputs()); ++i) {
      int32_t index = op.inputs()->Get(i);
      if (index != -1) {
        GOLDCREST_TRY(index, TensorId(index));
      }
      file_operator.inputs.push_back(index);
    }
    if (SizeOf(op.outputs()) != 1) {
      return Fail(ErrorCode::kUnsupported, SizeOf(op.outputs()), " outputs");
    }
    GOLDCREST_TRY(file_operator.output, TensorId(op.outputs()->Get(0)));
    return ReadOperator(code, file_operator, graph_);
  }

  // Our shape rules must agree with every dimension that the file states.
  Status CheckShapes() {
    graph::Graph inferred = graph_;
    GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(inferred));
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      graph::ValueId id = graph_.nodes[i].output;
      const graph::Value& said = graph_.value(id);
      const graph::Value& follows = inferred.value(id);
      bool made_here = static_cast<size_t>(id) >= SizeOf(subgraph_->tensors());
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
    graph_.metadata.description = TextOf(model_->description());
    for (uint32_t i = 0; i < SizeOf(model_->metadata()); ++i) {
      const schema::Metadata& entry = *model_->metadata()->Get(i);
      std::string name = TextOf(entry.name());
      if (name != kMetadataName && name != kContractName) continue;
      GOLDCREST_TRY(auto contents, Within(base::Cat("metadata ", name), BufferAt(entry.buffer())));
      if (name == kMetadataName) {
        GOLDCREST_RETURN_IF_ERROR(ReadMetadata(contents, bytes_, graph_));
      } else {
        contract_ = contents;
      }
    }
    if (contract_.empty()) return {};
    GOLDCREST_TRY(graph_.metadata.input_contract,
                  Within(base::Cat("metadata ", kContractName),
                         tensor::InputContractFromJson(base::AsText(contract_))));
    graph_.metadata.input_contract_from = base::Cat("the file (", kContractName, ")");
    return {};
  }

  tensor::SharedBytes file_;
  std::span<const std::byte> bytes_;
  std::span<const std::byte> contract_;
  size_t copied_ = 0;
  int mended_axes_ = 0;
  const schema::Model* model_ = nullptr;
  const schema::SubGraph* subgraph_ = nullptr;
  graph::Graph graph_;
};

}  // namespace

bool Sniff(std::span<const std::byte> file) {
  return file.size() >= 8 && base::AsText(file.subspan(4, 4)) == "TFL3";
}

Result<graph::Graph> Read(std::shared_ptr<const base::MappedFile> file) {
  std::span<const std::byte> bytes = file->bytes();
  return Read(tensor::SharedBytes(std::move(file), bytes));
}

Result<graph::Graph> Read(const tensor::SharedBytes& file) { return Reader(file).Read(); }

}  // namespace goldcrest::formats::tflite
