// Zip archives, through libzip.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/result.h"

namespace goldcrest::archive {

// One archive, open for reading; entries are unpacked as they are asked for.
class ZipReader {
 public:
  // The bytes must outlive the reader.
  static Result<ZipReader> Open(std::span<const std::byte> bytes);
  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;
  ~ZipReader();

  std::vector<std::string> names() const;
  bool Has(const std::string& name) const;
  // An entry that claims more than the archive can hold is refused before memory is taken.
  Result<base::AlignedBuffer> Read(const std::string& name) const;

 private:
  struct Handle;
  explicit ZipReader(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace goldcrest::archive
