#include "net/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/file.h"

namespace goldcrest::net {

Result<PartialFile> PartialFile::Open(const std::string& path, const std::string& url) {
  constexpr mode_t kMode = 0666;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
  PartialFile file(descriptor, path, url);
  if (descriptor < 0) return std::unexpected(file.Refused("cannot be written"));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorCode::kIo, path, " is being written by another process");
  }
  // Two lines: the URL, and which of its contents.
  auto note = base::MappedFile::Open(file.NotePath());
  const std::string_view text = note ? base::AsText((*note)->bytes()) : std::string_view();
  struct stat status{};
  const bool known = text.starts_with(url + "\n") && text.ends_with('\n') &&
                     text.size() > url.size() + 2 && ::fstat(descriptor, &status) == 0;
  if (known) {
    file.size_ = static_cast<uint64_t>(status.st_size);
    file.validator_ = text.substr(url.size() + 1, text.size() - url.size() - 2);
  }
  if (::lseek(descriptor, 0, SEEK_END) < 0) return std::unexpected(file.Refused("cannot be read"));
  return file;
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      url_(std::move(other.url_)),
      validator_(std::move(other.validator_)),
      size_(other.size_) {}

PartialFile::~PartialFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Error PartialFile::Refused(const char* what) const {
  return Fail(ErrorCode::kIo, path_, " ", what, ": ", std::strerror(errno)).error();
}

Status PartialFile::Begin(const std::string& validator) {
  if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) < 0) {
    return std::unexpected(Refused("cannot be written"));
  }
  size_ = 0;
  validator_ = validator;
  ::unlink(NotePath().c_str());
  if (validator.empty()) return {};
  return base::WriteFile(NotePath(), base::AsBytes(url_ + "\n" + validator + "\n"));
}

Status PartialFile::Append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(Refused("cannot be written"));
    bytes = bytes.subspan(static_cast<size_t>(written));
    size_ += static_cast<uint64_t>(written);
  }
  return {};
}

Status PartialFile::Commit(const std::string& name) {
  if (::fsync(descriptor_) != 0) return std::unexpected(Refused("cannot be written"));
  if (std::rename(path_.c_str(), name.c_str()) != 0) {
    return std::unexpected(Refused(("cannot become " + name).c_str()));
  }
  ::unlink(NotePath().c_str());
  return {};
}

void PartialFile::Remove() {
  ::unlink(path_.c_str());
  ::unlink(NotePath().c_str());
}

}  // namespace goldcrest::net
