// Memory aligned for the widest vectors, zeroed, owned by one holder.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace goldcrest::base {

inline constexpr size_t kAlignment = 64;  // a cache line, and an AVX-512 register

inline size_t AlignUp(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  // Zeroed. Empty where the memory cannot be had: check `ok`.
  explicit AlignedBuffer(size_t size);

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  size_t size() const { return size_; }
  bool ok() const { return size_ == 0 || data_ != nullptr; }
  std::span<std::byte> bytes() { return {data_.get(), size_}; }
  std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

 private:
  struct Release {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte[], Release> data_;
  size_t size_ = 0;
};

}  // namespace goldcrest::base
