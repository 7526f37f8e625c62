// y[i] = x[begin + Σ iᵈ · strideᵈ] for elements of any size: slices, transpositions, and what moves
// pixels between the dimensions of a picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace goldcrest::kernels::strided_copy {

inline constexpr int kMostDimensions = 8;

// Unused leading dimensions are 1.
struct Params {
  int64_t shape[kMostDimensions] = {1, 1, 1, 1, 1, 1, 1, 1};  // of the result
  int64_t stride[kMostDimensions] = {};                       // in x, of bytes, by dimension
  int64_t begin = 0;                                          // of the first element in x, in bytes
  int64_t element_size = 4;                                   // bytes
};

// `stride` counts elements of x, for each dimension of `shape`. Trailing dimensions that lie
// together in x become part of the element, neighbours that go on evenly one dimension.
Params Make(std::span<const int64_t> shape, std::span<const int64_t> stride, int64_t begin,
            int64_t element_size);

// Rows of the result: all dimensions but the last.
int64_t RowCount(const Params& params);
int64_t RowBytes(const Params& params);

// Writes the rows [first, last).
void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept;

}  // namespace goldcrest::kernels::strided_copy
