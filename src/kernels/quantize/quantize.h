// Quantization: y = clamp(round(x / scale) + zero_point) of float32, elementwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/row.h"
#include "tensor/dtype.h"

namespace goldcrest::kernels::quantize {

struct Params {
  tensor::DType dtype = tensor::DType::kInt8;  // of y: int8, uint8 or int16
  float scale = 1;
  int32_t zero_point = 0;
  // XNNPACK multiplies by 1 / scale and rounds halves to even, TensorFlow Lite divides and rounds
  // them away from zero. A NaN becomes the lowest integer.
  bool ties_to_even = false;
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the elements [first, last).
  void (*run)(const Params& params, const float* x, std::byte* y, int64_t first,
              int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* x, std::byte* y, int64_t first,
                  int64_t last) noexcept;
void RunAvx2(const Params& params, const float* x, std::byte* y, int64_t first,
             int64_t last) noexcept;
void RunAvx512(const Params& params, const float* x, std::byte* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const float* x, std::byte* y, int64_t first,
             int64_t last) noexcept;

}  // namespace goldcrest::kernels::quantize
