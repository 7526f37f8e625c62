#include "base/aligned_buffer.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace goldcrest::base {

AlignedBuffer::AlignedBuffer(size_t size) : size_(size) {
  if (size == 0 || size > PTRDIFF_MAX - kAlignment) return;
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, AlignUp(size))));
  if (data_ != nullptr) std::memset(data_.get(), 0, size);
}

void AlignedBuffer::Release::operator()(std::byte* memory) const { std::free(memory); }

}  // namespace goldcrest::base
