// Rows of sums that a layer's vector kernel computed, brought to the result's scale.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/requantize.h"

namespace goldcrest::kernels {

// Row r has `width` sums, whole vectors, from sums + r · width on. `head` is what their panel
// begins with (quantized_layer.h). The first `columns` of a row become elements at y (bytes; int16
// where the rounding is kWide, float32 where it is kToReals), the next row's `stride` elements
// further. Columns may be more than the width.
struct SumRows {
  const int32_t* sums;
  int64_t rows, width;
  const int32_t* head;
  int64_t stride, columns;
};

void RequantizeSumsAvx2(const Requantization& out, const SumRows& rows, std::byte* y) noexcept;
void RequantizeSumsAvx512(const Requantization& out, const SumRows& rows, std::byte* y) noexcept;
void RequantizeSumsNeon(const Requantization& out, const SumRows& rows, std::byte* y) noexcept;

}  // namespace goldcrest::kernels
