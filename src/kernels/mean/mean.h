// The mean over some dimensions of a dense float32 tensor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace goldcrest::kernels::mean {

inline constexpr int kMostDimensions = 8;

// Unused leading dimensions are 1 and not reduced. The output is dense over the dimensions kept.
struct Params {
  std::array<int64_t, kMostDimensions> shape;
  std::array<bool, kMostDimensions> reduce;
};

void Reference(const Params& params, const float* x, float* y) noexcept;

}  // namespace goldcrest::kernels::mean
