#include "base/scratch_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace goldcrest::base {
namespace {

// Calls read or write until nothing is left.
template <class Call, class Byte>
Status Repeat(const Call& call, uint64_t offset, std::span<Byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = call(bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      return Fail(ErrorCode::kIo, "the temporary file: ",
                  done < 0 ? std::strerror(errno) : "it is shorter than what was written");
    }
    offset += static_cast<uint64_t>(done);
    bytes = bytes.subspan(static_cast<size_t>(done));
  }
  return {};
}

}  // namespace

Result<ScratchFile> ScratchFile::Create(uint64_t bytes) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) return Fail(ErrorCode::kIo, "there is no folder for temporary files");
  std::string name = folder / "goldcrest_XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return Fail(ErrorCode::kIo, "a file in ", folder.string(), ": ", std::strerror(errno));
  }
  ::unlink(name.c_str());
  ScratchFile file(descriptor);
  // A write beyond this limit would end the process.
  rlimit limit{};
  const bool limited = ::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < bytes;
  struct statvfs space{};
  const bool known = ::fstatvfs(descriptor, &space) == 0;
  if (limited || !known || uint64_t{space.f_bavail} * space.f_frsize / 2 < bytes) {
    return Fail(ErrorCode::kLimit, folder.string(), " has no room for ", Bytes(bytes));
  }
  if (::ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) {
    return Fail(ErrorCode::kIo, "a file in ", folder.string(), ": ", std::strerror(errno));
  }
  return file;
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status ScratchFile::Write(uint64_t offset, std::span<const std::byte> bytes) const {
  auto write = [&](const std::byte* from, size_t count, off_t at) {
    return ::pwrite(descriptor_, from, count, at);
  };
  return Repeat(write, offset, bytes);
}

Status ScratchFile::Read(uint64_t offset, std::span<std::byte> bytes) const {
  auto read = [&](std::byte* to, size_t count, off_t at) {
    return ::pread(descriptor_, to, count, at);
  };
  return Repeat(read, offset, bytes);
}

}  // namespace goldcrest::base
