// What a program does that is interrupted: it removes its unfinished files, or ends in order.
#pragma once

#include <cstddef>
#include <string>

namespace goldcrest::base {

// From now on SIGINT, SIGTERM and SIGHUP remove the files that a RemovedOnInterruption names,
// before they end the process as ever; a signal that is ignored stays so. A file that may not grow
// (SIGXFSZ) is an error of writing. For programs only: in a library signals are its caller's.
void RemoveFilesOnInterruption();

// As long as one lives, the first of these signals only makes requested() tell it; the next ends
// the process as ever. Without RemoveFilesOnInterruption it does nothing.
class HeldInterruption {
 public:
  HeldInterruption();
  HeldInterruption(const HeldInterruption&) = delete;
  HeldInterruption& operator=(const HeldInterruption&) = delete;
  ~HeldInterruption();

  // The signal that was held, of any time since the process began; 0: none.
  static int requested();
};

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
