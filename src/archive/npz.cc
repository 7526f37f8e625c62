#include "archive/npz.h"

#include <zip.h>

#include <cstring>

#include "tensor/npy.h"

namespace goldcrest::archive {
namespace {

constexpr std::string_view kSuffix = ".npy";
// Deflate cannot expand by more (zlib's documentation); what claims to is refused before memory is
// taken.
constexpr uint64_t kMostExpansion = 1032;

struct CloseZip {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};
using Zip = std::unique_ptr<zip_t, CloseZip>;

struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

std::string ErrorText(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

}  // namespace

struct NpzReader::Handle {
  std::shared_ptr<const base::MappedFile> file;
  Zip zip;
};

NpzReader::NpzReader(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
NpzReader::NpzReader(NpzReader&&) noexcept = default;
NpzReader::~NpzReader() = default;

Result<NpzReader> NpzReader::Open(const std::string& path) {
  auto handle = std::make_unique<Handle>();
  GOLDCREST_TRY(handle->file, Within(base::Cat("reading ", path), base::MappedFile::Open(path)));
  zip_error_t error;
  zip_error_init(&error);
  std::span<const std::byte> bytes = handle->file->bytes();
  // The library takes no bytes for an archive without entries.
  if (bytes.empty()) return Fail(ErrorCode::kInvalid, "reading ", path, " › the file is empty");
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source != nullptr) handle->zip.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (handle->zip == nullptr) {
    zip_source_free(source);
    return Fail(ErrorCode::kInvalid, "reading ", path, " › is no .npz file: ", ErrorText(error));
  }
  return NpzReader(std::move(handle));
}

std::vector<std::string> NpzReader::names() const {
  std::vector<std::string> names;
  zip_int64_t count = zip_get_num_entries(handle_->zip.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(handle_->zip.get(), static_cast<zip_uint64_t>(i), 0);
    std::string_view text = name == nullptr ? "" : name;
    if (text.ends_with(kSuffix)) text.remove_suffix(kSuffix.size());
    names.emplace_back(text);
  }
  return names;
}

Result<tensor::Tensor> NpzReader::Read(const std::string& name) const {
  std::string entry = base::Cat(name, kSuffix);
  zip_stat_t info;
  if (zip_stat(handle_->zip.get(), entry.c_str(), 0, &info) != 0) {
    return Fail(ErrorCode::kNotFound, "the archive holds no array '", name, "'");
  }
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  bool possible = (info.valid & kNeeded) == kNeeded &&
                  info.comp_size <= handle_->file->bytes().size() &&
                  info.size / kMostExpansion <= info.comp_size;
  if (!possible) {
    return Fail(ErrorCode::kInvalid, "the array '", name, "' claims ", info.size,
                " bytes, more than the archive can hold");
  }
  std::unique_ptr<zip_file_t, CloseEntry> file(zip_fopen_index(handle_->zip.get(), info.index, 0));
  base::AlignedBuffer buffer(info.size);
  if (!buffer.ok()) return Fail(ErrorCode::kLimit, "no memory for the array '", name, "'");
  bool whole = file != nullptr && zip_fread(file.get(), buffer.data(), info.size) ==
                                      static_cast<zip_int64_t>(info.size);
  if (!whole) return Fail(ErrorCode::kInvalid, "the array '", name, "' is damaged");
  return Within(base::Cat("array ", name), tensor::ReadNpy(buffer.bytes()));
}

struct NpzWriter::Handle {
  std::string path;
  std::vector<std::pair<std::string, std::vector<std::byte>>> entries;
};

NpzWriter::NpzWriter(std::string path)
    : handle_(std::make_unique<Handle>(Handle{std::move(path), {}})) {}
NpzWriter::NpzWriter(NpzWriter&&) noexcept = default;
NpzWriter::~NpzWriter() = default;

Status NpzWriter::Add(const std::string& name, const tensor::TensorView& array) {
  for (const auto& [existing, bytes] : handle_->entries) {
    if (existing == base::Cat(name, kSuffix)) {
      return Fail(ErrorCode::kInvalid, "two arrays are named '", name, "'");
    }
  }
  handle_->entries.emplace_back(base::Cat(name, kSuffix), tensor::WriteNpy(array));
  return {};
}

Status NpzWriter::Finish() {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, &error);
  if (buffer == nullptr) return Fail(ErrorCode::kIo, ErrorText(error));
  zip_source_keep(buffer);  // to read the archive out of it once it is closed
  Zip zip(zip_open_from_source(buffer, ZIP_TRUNCATE, &error));
  bool ok = zip != nullptr;
  for (const auto& [name, bytes] : handle_->entries) {
    if (!ok) break;
    zip_source_t* entry = zip_source_buffer(zip.get(), bytes.data(), bytes.size(), 0);
    zip_int64_t index = zip_file_add(zip.get(), name.c_str(), entry, ZIP_FL_ENC_UTF_8);
    ok = index >= 0;
    if (!ok) break;
    auto at = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(zip.get(), at, ZIP_CM_STORE, 0);
    zip_file_set_dostime(zip.get(), at, 0, 1 << 5 | 1, 0);  // 1980-01-01, the first day there is
  }
  if (ok) ok = zip_close(zip.get()) == 0;
  if (ok) static_cast<void>(zip.release());
  std::vector<std::byte> file;
  if (ok && zip_source_open(buffer) == 0) {
    zip_source_seek(buffer, 0, SEEK_END);
    file.resize(static_cast<size_t>(zip_source_tell(buffer)));
    zip_source_seek(buffer, 0, SEEK_SET);
    ok = zip_source_read(buffer, file.data(), file.size()) == static_cast<zip_int64_t>(file.size());
    zip_source_close(buffer);
  }
  zip_source_free(buffer);
  if (!ok) return Fail(ErrorCode::kIo, "cannot make the archive ", handle_->path);
  return base::WriteFile(handle_->path, file);
}

}  // namespace goldcrest::archive
