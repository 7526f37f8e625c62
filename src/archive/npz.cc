#include "archive/npz.h"

#include "tensor/npy.h"

namespace goldcrest::archive {
namespace {

constexpr std::string_view kSuffix = ".npy";

}  // namespace

Result<NpzReader> NpzReader::Open(const std::string& path) {
  auto open = [&]() -> Result<NpzReader> {
    GOLDCREST_TRY(auto file, base::MappedFile::Open(path));
    GOLDCREST_TRY(ZipReader zip, ZipReader::Open(file->bytes()));
    return NpzReader(std::move(file), std::move(zip));
  };
  return Within(base::Cat("reading ", path), open());
}

std::vector<std::string> NpzReader::names() const {
  std::vector<std::string> names = zip_.names();
  for (std::string& name : names) {
    if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
  }
  return names;
}

Result<tensor::Tensor> NpzReader::Read(const std::string& name) const {
  GOLDCREST_TRY(base::AlignedBuffer bytes, zip_.Read(base::Cat(name, kSuffix)));
  return Within(base::Cat("array ", name), tensor::ReadNpy(bytes.bytes()));
}

Status NpzWriter::Add(const std::string& name, const tensor::TensorView& array) {
  for (const auto& [existing, bytes] : entries_) {
    if (existing == base::Cat(name, kSuffix)) {
      return Fail(ErrorCode::kInvalid, "two arrays are named '", name, "'");
    }
  }
  entries_.emplace_back(base::Cat(name, kSuffix), tensor::WriteNpy(array));
  return {};
}

Result<std::vector<std::byte>> NpzWriter::Finish() const { return WriteZip(entries_); }

}  // namespace goldcrest::archive
