// Zeros around a dense tensor of elements of any size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace goldcrest::kernels::pad {

inline constexpr int kMostDimensions = 8;

// Unused leading dimensions are 1 and not padded.
struct Params {
  std::array<int64_t, kMostDimensions> shape;   // of the input
  std::array<int64_t, kMostDimensions> before;  // zeros along each dimension
  std::array<int64_t, kMostDimensions> after;
  int64_t element_size = 4;  // bytes
};

void Reference(const Params& params, const std::byte* x, std::byte* y) noexcept;

}  // namespace goldcrest::kernels::pad
