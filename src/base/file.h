// Files: mapped for reading, written under a temporary name and renamed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/interruption.h"
#include "base/result.h"

namespace goldcrest::base {

inline std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A regular file's bytes, mapped read-only. The view lives as long as the object.
class MappedFile {
 public:
  static Result<std::shared_ptr<const MappedFile>> Open(const std::string& path);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

  // Lets go of the memory behind a part of bytes(), in whole pages. It stays readable: what is read
  // again is fetched again.
  void Release(std::span<const std::byte> part) const;

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

// A file under a temporary name beside `path` that takes that name only at Commit; without one it
// is removed (see interruption.h too), so a reader never sees a half-written file.
class AtomicFile {
 public:
  static Result<AtomicFile> Create(const std::string& path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  Status Write(std::span<const std::byte> bytes);
  // Ends the writing, which may tell of what did not reach the disk; Commit does it too.
  Status Close();
  Status Commit();
  const std::string& temporary_path() const { return temporary_path_; }

 private:
  AtomicFile(std::string path, std::string temporary_path)
      : path_(std::move(path)),
        temporary_path_(std::move(temporary_path)),
        removed_on_interruption_(temporary_path_) {}
  Error Refused() const;

  int descriptor_ = -1;  // while it is open
  std::string path_;
  std::string temporary_path_;  // empty once committed
  RemovedOnInterruption removed_on_interruption_;
};

// Commits all files or, where one of them could not be written whole, none.
Status CommitAll(std::span<AtomicFile> files);

Status WriteFile(const std::string& path, std::span<const std::byte> bytes);

// "no such file" in our words, with the nearest name in that folder where one is near.
std::string MissingFileMessage(const std::string& path);

}  // namespace goldcrest::base
