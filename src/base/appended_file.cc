#include "base/appended_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace goldcrest::base {
namespace {

std::unexpected<Error> Refused(const std::string& path) {
  return Fail(ErrorCode::kIo, "cannot write ", path, ": ", std::strerror(errno));
}

}  // namespace

Result<AppendedFile> AppendedFile::Open(const std::string& path, bool anew) {
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (anew ? O_TRUNC : 0);
  const int descriptor = ::open(path.c_str(), flags, 0666);
  if (descriptor < 0) return Refused(path);
  return AppendedFile(descriptor, path);
}

AppendedFile::AppendedFile(AppendedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

AppendedFile& AppendedFile::operator=(AppendedFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

AppendedFile::~AppendedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status AppendedFile::Append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Refused(path_);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return {};
}

}  // namespace goldcrest::base
