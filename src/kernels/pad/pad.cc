#include "kernels/pad/pad.h"

#include <cstring>

namespace goldcrest::kernels::pad {
namespace {

int64_t Size(const Params& params, int d) {
  return params.before[d] + params.shape[d] + params.after[d];
}

// The input row that an output row shows, -1 where it is all zeros.
int64_t InputRow(const Params& params, int64_t row) {
  int64_t input = 0;
  int64_t stride = 1;
  for (int d = kMostDimensions - 2; d >= 0; --d) {
    const int64_t i = row % Size(params, d) - params.before[d];
    if (i < 0 || i >= params.shape[d]) return -1;
    input += i * stride;
    stride *= params.shape[d];
    row /= Size(params, d);
  }
  return input;
}

}  // namespace

Params Make(std::span<const int64_t> shape, std::span<const int64_t> before,
            std::span<const int64_t> after, int64_t element_size) {
  Params params{.element_size = element_size};
  int d = kMostDimensions;
  for (size_t i = shape.size(); i-- > 0;) {
    const bool padded = before[i] > 0 || after[i] > 0;
    if (d == kMostDimensions && !padded) {
      params.element_size *= shape[i];
      continue;
    }
    --d;
    params.shape[d] = shape[i];
    params.before[d] = before[i];
    params.after[d] = after[i];
  }
  return params;
}

int64_t RowCount(const Params& params) {
  int64_t rows = 1;
  for (int d = 0; d + 1 < kMostDimensions; ++d) rows *= Size(params, d);
  return rows;
}

int64_t RowBytes(const Params& params) {
  return Size(params, kMostDimensions - 1) * params.element_size;
}

void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first,
         int64_t last) noexcept {
  constexpr int kLast = kMostDimensions - 1;
  const int zero = static_cast<int>(params.zero);
  const auto row_bytes = static_cast<size_t>(RowBytes(params));
  const auto before = static_cast<size_t>(params.before[kLast] * params.element_size);
  const auto inside = static_cast<size_t>(params.shape[kLast] * params.element_size);
  const auto after = static_cast<size_t>(params.after[kLast] * params.element_size);
  for (int64_t row = first; row < last; ++row) {
    std::byte* to = y + row * RowBytes(params);
    const int64_t input = InputRow(params, row);
    if (input < 0) {
      std::memset(to, zero, row_bytes);
      continue;
    }
    std::memset(to, zero, before);
    if (inside > 0) std::memcpy(to + before, x + static_cast<size_t>(input) * inside, inside);
    std::memset(to + before + inside, zero, after);
  }
}

}  // namespace goldcrest::kernels::pad
