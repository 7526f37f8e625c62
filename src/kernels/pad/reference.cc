#include <cstring>

#include "kernels/pad/pad.h"

namespace goldcrest::kernels::pad {
namespace {

// Copies what lies under dimension d, and returns the ends of what was read and written.
void Copy(const Params& params, size_t d, const std::byte*& x, std::byte*& y) {
  int64_t inner = params.element_size;  // bytes of one step along d in the output
  for (size_t e = d + 1; e < kMostDimensions; ++e) {
    inner *= params.shape[e] + params.before[e] + params.after[e];
  }
  auto zeros = [&](int64_t count) {
    std::memset(y, 0, static_cast<size_t>(count * inner));
    y += count * inner;
  };
  zeros(params.before[d]);
  if (d + 1 == kMostDimensions) {
    auto bytes = static_cast<size_t>(params.shape[d] * params.element_size);
    std::memcpy(y, x, bytes);
    x += bytes;
    y += bytes;
  } else {
    for (int64_t i = 0; i < params.shape[d]; ++i) Copy(params, d + 1, x, y);
  }
  zeros(params.after[d]);
}

}  // namespace

void Reference(const Params& params, const std::byte* x, std::byte* y) noexcept {
  Copy(params, 0, x, y);
}

}  // namespace goldcrest::kernels::pad
