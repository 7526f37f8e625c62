#include "formats/tflite/file_tables.h"

#include "formats/tflite/tflite.h"

namespace goldcrest::formats::tflite {
namespace {

constexpr uint32_t kFormatVersion = 3;
constexpr flatbuffers::uoffset_t kMostModelTables = 1000000;
constexpr size_t kMostCopies = 4;  // of the file's size, beyond
constexpr size_t kFreeCopies = size_t{1} << 20;

std::string KeysOf(const schema::Model& model) {
  std::string keys;
  for (const schema::SignatureDef* signature : *model.signature_defs()) {
    keys += base::Cat(keys.empty() ? "" : ", ", TextOf(signature->signature_key()));
  }
  return keys;
}

}  // namespace

Result<FileTables> FileTables::Open(const tensor::SharedBytes& file,
                                    const std::string& signature_key) {
  const std::span<const std::byte> bytes = file.bytes();
  if (!Sniff(bytes)) return Invalid("is no .tflite file: the mark TFL3 is missing");
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), 64,
                                 kMostModelTables);
  if (!schema::VerifyModelBuffer(verifier)) {
    return Invalid("the file is damaged or cut short: its tables point outside of its ",
                   bytes.size(), " bytes");
  }
  FileTables tables(file);
  const schema::Model& model = tables.model();
  if (model.version() != kFormatVersion) {
    return Fail(ErrorCode::kUnsupported, "the file is of format version ", model.version(),
                "; version ", kFormatVersion, " is supported");
  }
  if (SizeOf(model.subgraphs()) == 0) return Invalid("the file holds no subgraph");
  GOLDCREST_RETURN_IF_ERROR(tables.Choose(signature_key));
  return tables;
}

Status FileTables::Choose(const std::string& signature_key) {
  const uint32_t count = SizeOf(model().signature_defs());
  const std::string key = signature_key.empty() ? "serving_default" : signature_key;
  for (uint32_t i = 0; i < count && signature_ == nullptr; ++i) {
    const schema::SignatureDef& signature = *model().signature_defs()->Get(i);
    const bool only = count == 1 && signature_key.empty();
    if (only || TextOf(signature.signature_key()) == key) signature_ = &signature;
  }
  if (signature_ != nullptr) {
    subgraph_ = signature_->subgraph_index();
    if (subgraph_ < SizeOf(model().subgraphs())) return {};
    return Invalid("the signature ", TextOf(signature_->signature_key()), " names subgraph ",
                   subgraph_, " of ", SizeOf(model().subgraphs()));
  }
  if (count > 0) {
    return Fail(ErrorCode::kUsage,
                signature_key.empty() ? "the file has several signatures"
                                      : "the file has no such signature",
                "; name one with --signature-key: ", KeysOf(model()));
  }
  if (!signature_key.empty()) {
    return Fail(ErrorCode::kUsage, "the file has no signatures; leave --signature-key out");
  }
  return {};  // the first subgraph is the main one
}

Result<std::span<const std::byte>> FileTables::BufferAt(uint32_t index) const {
  if (index >= SizeOf(model().buffers())) {
    return Invalid("names buffer ", index, " of ", SizeOf(model().buffers()));
  }
  const schema::Buffer& buffer = *model().buffers()->Get(index);
  if (buffer.offset() > 1) {
    return Fail(ErrorCode::kUnsupported, "buffers outside of the flatbuffer (a file over 2 GB)");
  }
  if (buffer.data() == nullptr) return std::span<const std::byte>();
  return std::as_bytes(std::span(buffer.data()->data(), buffer.data()->size()));
}

Status FileTables::CountCopied(size_t bytes) {
  copied_ += bytes;
  if (copied_ <= kMostCopies * file_.bytes().size() + kFreeCopies) return {};
  return Fail(ErrorCode::kLimit, "its tables repeat the same data over and over");
}

}  // namespace goldcrest::formats::tflite
