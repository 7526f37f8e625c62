// Zeros, or a byte that stands for them, around a dense tensor of elements of any size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace goldcrest::kernels::pad {

inline constexpr int kMostDimensions = 8;

// Unused leading dimensions are 1 and not padded.
struct Params {
  int64_t shape[kMostDimensions] = {1, 1, 1, 1, 1, 1, 1, 1};  // of the input
  int64_t before[kMostDimensions] = {};                       // zeros along each dimension
  int64_t after[kMostDimensions] = {};
  int64_t element_size = 4;  // bytes
  std::byte zero = {};       // all bytes of the padding
};

// Trailing dimensions that are not padded become part of the element.
Params Make(std::span<const int64_t> shape, std::span<const int64_t> before,
            std::span<const int64_t> after, int64_t element_size);

// Rows of the output: all dimensions but the last.
int64_t RowCount(const Params& params);
int64_t RowBytes(const Params& params);

// Writes the rows [first, last).
void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept;

}  // namespace goldcrest::kernels::pad
