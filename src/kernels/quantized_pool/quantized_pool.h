// Pooling of int8, uint8 or int16, NHWC, dense: y[n, i, j, c] is the mean, rounded to nearest with
// halves away from zero, or the largest, of x over the window's pixels that lie inside of the
// picture, clamped. x and y stand for reals in the same way. A mean is over 2^16 pixels at most, so
// that 32 bits hold their sum, and float32 that of bytes.
#pragma once

#include <cstddef>
#include <span>

#include "kernels/pool/pool.h"
#include "kernels/quantized.h"
#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::kernels::quantized_pool {

using pool::Kind;

struct Params {
  Kind kind = Kind::kAverage;
  tensor::DType dtype = tensor::DType::kInt8;
  Window window;
  int64_t channels = 1;
  IntegerClamp clamp;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the output rows [first, last) of the batch · out_h rows in all.
  void (*run)(const Params& params, const std::byte* x, std::byte* y, int64_t first,
              int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const std::byte* x, std::byte* y, int64_t first,
                  int64_t last) noexcept;
void RunAvx2(const Params& params, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;
void RunAvx512(const Params& params, const std::byte* x, std::byte* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;

}  // namespace goldcrest::kernels::quantized_pool
