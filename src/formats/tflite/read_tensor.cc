#include "formats/tflite/read_tensor.h"

#include <cstring>

namespace goldcrest::formats::tflite {
namespace {

constexpr uint32_t kMostDimensions = 8;

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

}  // namespace

Result<graph::Value> ReadTensor(const schema::Tensor& said, FileTables& tables) {
  GOLDCREST_RETURN_IF_ERROR(tables.CountCopied(
      (said.name() == nullptr ? 0 : said.name()->size()) + SizeOf(said.shape()) * sizeof(int64_t) +
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
  GOLDCREST_TRY(auto contents, tables.BufferAt(said.buffer()));
  if (!contents.empty()) {
    std::optional<size_t> expected = tensor::ByteCount(value.dtype, value.shape);
    if (expected != contents.size()) {
      return Invalid("'", value.name, "' of shape ", tensor::ToString(value.shape), " has ",
                     contents.size(), " bytes of data");
    }
    bool aligned = reinterpret_cast<uintptr_t>(contents.data()) % tensor::SizeOf(value.dtype) == 0;
    if (!aligned) GOLDCREST_RETURN_IF_ERROR(tables.CountCopied(contents.size()));
    value.constant =
        aligned ? tables.file().Window(contents) : tensor::SharedBytes::Copy<std::byte>(contents);
  }
  return value;
}

}  // namespace goldcrest::formats::tflite
