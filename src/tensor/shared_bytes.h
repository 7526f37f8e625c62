// Read-only bytes whose owner is shared: a buffer of our own, or a window of a mapped file.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#include "base/aligned_buffer.h"
#include "base/check.h"
#include "base/file.h"

namespace goldcrest::tensor {

class SharedBytes {
 public:
  SharedBytes() = default;
  SharedBytes(std::shared_ptr<const void> owner, std::span<const std::byte> bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}

  // All bytes of a mapped file.
  static SharedBytes Of(const std::shared_ptr<const base::MappedFile>& file) {
    SharedBytes all(file, file->bytes());
    all.file_ = file.get();
    return all;
  }

  // Takes a buffer over.
  static SharedBytes Own(base::AlignedBuffer buffer) {
    auto owner = std::make_shared<const base::AlignedBuffer>(std::move(buffer));
    std::span<const std::byte> bytes = owner->bytes();
    return SharedBytes(std::move(owner), bytes);
  }

  // Copies `values`; for constants that passes and readers make. Throws std::bad_alloc, as the
  // containers do that these are made in.
  template <class T>
  static SharedBytes Copy(std::span<const T> values) {
    return CopyBytes(std::as_bytes(values));
  }

  std::span<const std::byte> bytes() const { return bytes_; }

  // A part of the bytes, which keeps the owner too.
  SharedBytes Window(std::span<const std::byte> part) const {
    SharedBytes window = *this;
    window.bytes_ = part;
    return window;
  }

  // Lets go of the memory behind bytes of a mapped file, which stay readable.
  void Release() const {
    if (file_ != nullptr) file_->Release(bytes_);
  }

  template <class T>
  std::span<const T> As() const {
    GOLDCREST_CHECK(reinterpret_cast<uintptr_t>(bytes_.data()) % alignof(T) == 0);
    return {reinterpret_cast<const T*>(bytes_.data()), bytes_.size() / sizeof(T)};
  }

 private:
  static SharedBytes CopyBytes(std::span<const std::byte> bytes);

  std::shared_ptr<const void> owner_;
  const base::MappedFile* file_ = nullptr;  // the owner, where it is one
  std::span<const std::byte> bytes_;
};

}  // namespace goldcrest::tensor
