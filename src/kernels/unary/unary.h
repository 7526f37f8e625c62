// y = f(x), float32, elementwise.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/row.h"

namespace goldcrest::kernels::unary {

enum class Function : uint8_t {
  kClamp,
  kHardSwish,  // x · relu6(x + 3) / 6
  kLogistic,   // 1 / (1 + exp(−x))
  kTanh,
  kLeakyRelu,  // x where it is positive, else alpha · x
};

struct Params {
  Function function = Function::kClamp;
  Clamp clamp;      // of kClamp
  float alpha = 0;  // of kLeakyRelu
};

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the elements [first, last).
  void (*run)(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* x, float* y, int64_t first,
                  int64_t last) noexcept;
void RunAvx2(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;
void RunAvx512(const Params& params, const float* x, float* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const float* x, float* y, int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::unary
