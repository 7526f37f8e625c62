// What a program that is interrupted removes: its unfinished files.
#pragma once

#include <cstddef>
#include <string>

namespace goldcrest::base {

// From now on SIGINT, SIGTERM and SIGHUP remove the files that a RemovedOnInterruption names,
// before they end the process as ever; a signal that is ignored stays so. For programs only: in a
// library signals are its caller's.
void RemoveFilesOnInterruption();

// As long as it lives, `path` is a file to remove. There is room for 32 at a time, which a signal's
// handler can read at any moment; any further one is left behind.
class RemovedOnInterruption {
 public:
  explicit RemovedOnInterruption(const std::string& path);
  RemovedOnInterruption(RemovedOnInterruption&& other) noexcept;
  RemovedOnInterruption& operator=(RemovedOnInterruption&&) = delete;
  ~RemovedOnInterruption();

 private:
  static constexpr size_t kNoPlace = static_cast<size_t>(-1);
  size_t place_ = kNoPlace;
};

}  // namespace goldcrest::base
