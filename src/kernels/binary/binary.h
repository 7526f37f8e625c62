// y = clamp(a op b), float32, elementwise over dense tensors; b is broadcast over a.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/broadcast.h"
#include "kernels/row.h"

namespace goldcrest::kernels::binary {

enum class Operator : uint8_t {
  kAdd,
  kMul,
  // What the reference alone knows.
  kSub,
  kDiv,
  kMaximum,
  kMinimum,
  kPrelu,  // a where it is positive, else a · b
};

inline constexpr int kMostDimensions = kernels::Broadcast::kMostDimensions;

struct Params : kernels::Broadcast {
  Operator op = Operator::kAdd;
  Clamp clamp;
};

// The parameters for operands of these shapes, b's dimensions being those of a or 1, or lacking at
// the front.
Params Broadcast(Operator op, std::span<const int64_t> a, std::span<const int64_t> b, Clamp clamp);

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the elements [first, last).
  void (*run)(const Params& params, const float* a, const float* b, float* y, int64_t first,
              int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const float* a, const float* b, float* y, int64_t first,
                  int64_t last) noexcept;
void RunAvx2(const Params& params, const float* a, const float* b, float* y, int64_t first,
             int64_t last) noexcept;
void RunAvx512(const Params& params, const float* a, const float* b, float* y, int64_t first,
               int64_t last) noexcept;
void RunNeon(const Params& params, const float* a, const float* b, float* y, int64_t first,
             int64_t last) noexcept;

}  // namespace goldcrest::kernels::binary
