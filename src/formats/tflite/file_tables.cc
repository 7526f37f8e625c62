#include "formats/tflite/file_tables.h"

#include "formats/tflite/tflite.h"

namespace goldcrest::formats::tflite {
namespace {

constexpr uint32_t kFormatVersion = 3;
constexpr flatbuffers::uoffset_t kMostModelTables = 1000000;
constexpr size_t kMostCopies = 4;  // of the file's size, beyond
constexpr size_t kFreeCopies = size_t{1} << 20;

}  // namespace

Result<FileTables> FileTables::Open(const tensor::SharedBytes& file) {
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
  if (SizeOf(model.subgraphs()) != 1) {
    return Fail(ErrorCode::kUnsupported, "the file holds ", SizeOf(model.subgraphs()),
                " subgraphs; one is supported");
  }
  return tables;
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
