#include "archive/zip_writer.h"

#include <zip.h>

#include <memory>

namespace goldcrest::archive {
namespace {

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

// The bytes of the entries must live until the archive is closed.
bool AddEntries(zip_t* zip, const ZipEntries& entries) {
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

}  // namespace

Result<std::vector<std::byte>> WriteZip(const ZipEntries& entries) {
  auto failure = [&] { return Fail(ErrorCode::kIo, "the archive cannot be made"); };
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
  bool made = AddEntries(zip, entries) && zip_close(zip) == 0;
  if (!made) {
    zip_discard(zip);
    return failure();
  }
  std::vector<std::byte> file;
  if (!ReadBack(buffer.get(), file)) return failure();
  return file;
}

}  // namespace goldcrest::archive
