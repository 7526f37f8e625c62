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

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

using Entries = std::vector<std::pair<std::string, std::vector<std::byte>>>;

// The bytes of the entries must live until the archive is closed.
bool AddEntries(zip_t* zip, const Entries& entries) {
  for (const auto& [name, bytes] : entries) {
    zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return false;
    }
    auto at = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(zip, at, ZIP_CM_STORE, 0);
    zip_file_set_dostime(zip, at, 0, 1 << 5 | 1, 0);  // 1980-01-01, the first day there is
  }
  return true;
}

bool ReadBack(zip_source_t* source, std::vector<std::byte>& bytes) {
  if (zip_source_open(source) != 0 || zip_source_seek(source, 0, SEEK_END) != 0) return false;
  bytes.resize(static_cast<size_t>(zip_source_tell(source)));
  bool whole =
      zip_source_seek(source, 0, SEEK_SET) == 0 &&
      zip_source_read(source, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size());
  zip_source_close(source);
  return whole;
}

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
  Entries entries;
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
  auto failure = [&] { return Fail(ErrorCode::kIo, "cannot make the archive ", handle_->path); };
  zip_error_t error;
  zip_error_init(&error);
  std::unique_ptr<zip_source_t, FreeSource> buffer(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (buffer == nullptr) return failure();
  zip_source_keep(buffer.get());  // the archive takes one reference; ours reads what it made
  zip_t* zip = zip_open_from_source(buffer.get(), ZIP_TRUNCATE, &error);
  if (zip == nullptr) {
    zip_source_free(buffer.get());  // the reference that it did not take
    return failure();
  }
  bool made = AddEntries(zip, handle_->entries) && zip_close(zip) == 0;
  if (!made) {
    zip_discard(zip);
    return failure();
  }
  std::vector<std::byte> file;
  if (!ReadBack(buffer.get(), file)) return failure();
  return base::WriteFile(handle_->path, file);
}

}  // namespace goldcrest::archive
