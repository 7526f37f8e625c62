#include "tensor/shared_bytes.h"

#include <cstring>
#include <new>

namespace goldcrest::tensor {

SharedBytes SharedBytes::CopyBytes(std::span<const std::byte> bytes) {
  base::AlignedBuffer buffer(bytes.size());
  if (!buffer.ok()) throw std::bad_alloc();  // as any container of the library does
  if (!bytes.empty()) std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return Own(std::move(buffer));
}

}  // namespace goldcrest::tensor
