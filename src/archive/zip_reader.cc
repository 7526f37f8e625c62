#include "archive/zip_reader.h"

#include <zip.h>

namespace goldcrest::archive {
namespace {

// Deflate cannot expand by more (zlib's documentation).
constexpr uint64_t kMostExpansion = 1032;

struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

struct ZipReader::Handle {
  struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };
  size_t archive_size;
  std::unique_ptr<zip_t, Discard> zip;
};

ZipReader::ZipReader(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

Result<ZipReader> ZipReader::Open(std::span<const std::byte> bytes) {
  // The library takes no bytes for an archive without entries.
  if (bytes.empty()) return Fail(ErrorCode::kInvalid, "the file is empty");
  auto handle = std::make_unique<Handle>(Handle{bytes.size(), nullptr});
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source != nullptr) handle->zip.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (handle->zip == nullptr) {
    zip_source_free(source);
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return Fail(ErrorCode::kInvalid, "is no zip archive, or a damaged one: ", text);
  }
  return ZipReader(std::move(handle));
}

std::vector<std::string> ZipReader::names() const {
  std::vector<std::string> names;
  zip_int64_t count = zip_get_num_entries(handle_->zip.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(handle_->zip.get(), static_cast<zip_uint64_t>(i), 0);
    names.emplace_back(name == nullptr ? "" : name);
  }
  return names;
}

bool ZipReader::Has(const std::string& name) const {
  return zip_name_locate(handle_->zip.get(), name.c_str(), 0) >= 0;
}

Result<base::AlignedBuffer> ZipReader::Read(const std::string& name) const {
  zip_stat_t info;
  if (zip_stat(handle_->zip.get(), name.c_str(), 0, &info) != 0) {
    return Fail(ErrorCode::kNotFound, "the archive holds no '", name, "'");
  }
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  bool possible = (info.valid & kNeeded) == kNeeded && info.comp_size <= handle_->archive_size &&
                  info.size / kMostExpansion <= info.comp_size;
  if (!possible) {
    return Fail(ErrorCode::kInvalid, "'", name, "' claims ", info.size,
                " bytes, more than the archive can hold");
  }
  std::unique_ptr<zip_file_t, CloseEntry> file(zip_fopen_index(handle_->zip.get(), info.index, 0));
  base::AlignedBuffer buffer(info.size);
  if (!buffer.ok()) return Fail(ErrorCode::kLimit, "no memory for '", name, "'");
  // Reading on to the end makes the library compare the checksum.
  char beyond = 0;
  bool whole =
      file != nullptr &&
      zip_fread(file.get(), buffer.data(), info.size) == static_cast<zip_int64_t>(info.size) &&
      zip_fread(file.get(), &beyond, 1) == 0;
  if (!whole) return Fail(ErrorCode::kInvalid, "'", name, "' is damaged in the archive");
  return buffer;
}

}  // namespace goldcrest::archive
