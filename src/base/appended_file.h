// A file that grows while others read it.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace goldcrest::base {

// Append hands all bytes to the operating system at once, so that a process that is killed leaves
// whole pieces.
class AppendedFile {
 public:
  // What the file has already stays, unless it is begun `anew`.
  static Result<AppendedFile> Open(const std::string& path, bool anew);
  AppendedFile(AppendedFile&& other) noexcept;
  AppendedFile& operator=(AppendedFile&& other) noexcept;
  ~AppendedFile();

  Status Append(std::span<const std::byte> bytes);
  const std::string& path() const { return path_; }

 private:
  AppendedFile(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::string path_;
};

}  // namespace goldcrest::base
