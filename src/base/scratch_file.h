// A file without a name, for what is worked with and does not stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace goldcrest::base {

// It is gone when the object is, and when the process ends, however it ends. What is written goes
// to the disk as the system sees fit, and is no memory of the process.
class ScratchFile {
 public:
  // In the folder that TMPDIR names, else /tmp. An error where it may not grow to `bytes`, or would
  // take more than half of what is free there.
  static Result<ScratchFile> Create(uint64_t bytes);
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&&) = delete;
  ~ScratchFile();

  // From any number of threads at once; parts that were never written read as zeros.
  Status Write(uint64_t offset, std::span<const std::byte> bytes) const;
  Status Read(uint64_t offset, std::span<std::byte> bytes) const;

 private:
  explicit ScratchFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace goldcrest::base
