#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace goldcrest::base {
namespace {

std::string SystemMessage() { return std::strerror(errno); }

}  // namespace

std::string MissingFileMessage(const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty()) return "the name is empty";
  fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  std::vector<std::string> names;
  auto entries = fs::directory_iterator(folder.empty() ? fs::path(".") : folder, error);
  if (error) return Cat("there is no folder ", folder.string());
  for (; entries != fs::directory_iterator() && names.size() < 10000; entries.increment(error)) {
    if (error) break;
    names.push_back(entries->path().filename().string());
  }
  std::string nearest = Nearest(fs::path(path).filename().string(), names);
  return nearest.empty()
             ? "there is no such file"
             : Cat("there is no such file; did you mean ", (folder / nearest).string(), "?");
}

Result<std::shared_ptr<const MappedFile>> MappedFile::Open(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT) return Fail(ErrorCode::kNotFound, MissingFileMessage(path));
    return Fail(ErrorCode::kIo, "cannot be opened: ", SystemMessage());
  }
  struct stat info{};
  bool known = ::fstat(descriptor, &info) == 0;
  if (!known || !S_ISREG(info.st_mode)) {
    ::close(descriptor);
    return Fail(ErrorCode::kIo, known && S_ISDIR(info.st_mode) ? "is a folder, a file is expected"
                                                               : "is no regular file");
  }
  auto size = static_cast<size_t>(info.st_size);
  void* memory = nullptr;
  if (size > 0) memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  ::close(descriptor);
  if (memory == MAP_FAILED) return Fail(ErrorCode::kIo, "cannot be mapped: ", SystemMessage());
  return std::shared_ptr<const MappedFile>(
      new MappedFile({static_cast<const std::byte*>(memory), size}));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void MappedFile::Release(std::span<const std::byte> part) const {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const auto offset = static_cast<size_t>(part.data() - bytes_.data());
  const size_t begin = (offset + page - 1) / page * page;
  const size_t end = (offset + part.size()) / page * page;
  if (begin >= end) return;
  ::madvise(const_cast<std::byte*>(bytes_.data()) + begin, end - begin, MADV_DONTNEED);
}

Result<AtomicFile> AtomicFile::Create(const std::string& path) {
  struct stat there{};  // what cannot be looked at cannot be opened either, and says why there
  if (::stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    return Fail(ErrorCode::kIo, "cannot write ", path, ": it is ",
                S_ISDIR(there.st_mode) ? "a folder" : "no regular file", "; name a file");
  }
  static std::atomic<uint64_t> count = 0;
  AtomicFile file(path, Cat(path, ".", ::getpid(), ".", ++count, ".tmp"));
  file.descriptor_ =
      ::open(file.temporary_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file.descriptor_ < 0) {
    Error refused = file.Refused();
    const std::string folder = path.substr(0, std::min(path.rfind('/'), path.size()));
    if (folder != path && ::stat(folder.c_str(), &there) != 0 && errno == ENOENT) {
      refused.message = Cat("cannot write ", path, ": there is no folder ", folder);
    }
    file.temporary_path_.clear();  // what is there is not ours
    return std::unexpected(std::move(refused));
  }
  return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      temporary_path_(std::exchange(other.temporary_path_, {})),
      removed_on_interruption_(std::move(other.removed_on_interruption_)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
}

Error AtomicFile::Refused() const {
  return {ErrorCode::kIo, Cat("cannot write ", path_, ": ", SystemMessage())};
}

Status AtomicFile::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(Refused());
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return {};
}

Status AtomicFile::Close() {
  if (descriptor_ >= 0 && ::close(std::exchange(descriptor_, -1)) != 0) {
    return std::unexpected(Refused());
  }
  return {};
}

Status AtomicFile::Commit() {
  GOLDCREST_RETURN_IF_ERROR(Close());
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) return std::unexpected(Refused());
  temporary_path_.clear();
  return {};
}

Status CommitAll(std::span<AtomicFile> files) {
  for (AtomicFile& file : files) GOLDCREST_RETURN_IF_ERROR(file.Close());
  for (AtomicFile& file : files) GOLDCREST_RETURN_IF_ERROR(file.Commit());
  return {};
}

Status WriteFile(const std::string& path, std::span<const std::byte> bytes) {
  GOLDCREST_TRY(AtomicFile file, AtomicFile::Create(path));
  GOLDCREST_RETURN_IF_ERROR(file.Write(bytes));
  return file.Commit();
}

}  // namespace goldcrest::base
