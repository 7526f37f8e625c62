// Pooling, float32: y[n, i, j, c] is the mean, or the largest, of x over the window's pixels that
// lie inside of the picture (TensorFlow does not count padding). x and y NHWC, dense.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"
#include "kernels/window.h"

namespace goldcrest::kernels::pool {

enum class Kind : uint8_t { kAverage, kMax };

struct Params {
  Kind kind = Kind::kAverage;
  Window window;
  int64_t channels = 1;
  Clamp clamp;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the output rows [first, last) of the batch · out_h rows in all.
  void (*run)(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept;  // sums in double
void RunAvx2(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
void RunAvx512(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::pool
