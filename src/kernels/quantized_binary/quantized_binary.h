// y = clamp(y_zero + …) elementwise over dense tensors of int8, uint8 or int16; b is broadcast over
// a. With A = a − a_zero and B = b − b_zero, and · of a factor as MultiplyDouble rounds it,
//
//   add, two roundings:  (A · 2^left · a_factor + B · 2^left · b_factor) · y_factor
//   add, XNNPACK:        (A · a_multiplier + B · b_multiplier + 2^(shift − 1)) >> shift
//   mul, two roundings:  (A · B) · y_factor
//   mul, XNNPACK:        rint(float32(A · B) · scale), ties to even
//   larger, smaller:     of a and b, as they are: all have one scale
//   prelu:               A · a_factor where A is 0 or more, else (A · B) · b_factor
//
// A difference is an addition whose factor, or multiplier, of b is negative.
//
// The first `rounded_once` results of an addition with two roundings have operands that are rounded
// once: 2^left and the shift of the factor are one shift, before the multiplication.
//
// Formulas: TensorFlow Lite's reference kernels of ADD, MUL, PRELU, and its vectors of int16;
// XNNPACK's vadd and vmul (fp32).
#pragma once

#include <cstddef>
#include <span>

#include "kernels/broadcast.h"
#include "kernels/fixed_point.h"
#include "kernels/quantized.h"
#include "kernels/row.h"

namespace goldcrest::kernels::quantized_binary {

enum class Formula : uint8_t {
  kAdd,
  kAddXnnpack,
  kMul,
  kMulXnnpack,
  // What the reference alone knows.
  kLarger,
  kSmaller,
  kPrelu,
};

struct Params : Broadcast {
  Formula formula = Formula::kAdd;
  tensor::DType dtype = tensor::DType::kInt8;
  int32_t a_zero = 0, b_zero = 0, y_zero = 0;
  IntegerClamp clamp;
  int left = 0;                                // of kAdd
  int64_t rounded_once = 0;                    // of kAdd: elements
  FixedPoint a_factor, b_factor, y_factor;     // of kAdd; kMul has the last only, kPrelu a and b
  int32_t a_multiplier = 0, b_multiplier = 0;  // of kAddXnnpack, with `shift`, which is 1 or more
  int shift = 1;
  float scale = 1;  // of kMulXnnpack
};

// The formula's parameters for tensors of these scales, which are positive; the rest is untouched.
void SetAdd(Params& params, float a_scale, float b_scale, float y_scale);
void SetAddXnnpack(Params& params, float a_scale, float b_scale, float y_scale);
// The same for a − b.
void SetSub(Params& params, float a_scale, float b_scale, float y_scale);
void SetSubXnnpack(Params& params, float a_scale, float b_scale, float y_scale);
void SetMul(Params& params, float a_scale, float b_scale, float y_scale);
void SetMulXnnpack(Params& params, float a_scale, float b_scale, float y_scale);
void SetPrelu(Params& params, float a_scale, float b_scale, float y_scale);

// Which scales XNNPACK takes.
bool XnnpackAdds(float a_scale, float b_scale, float y_scale);
bool XnnpackMultiplies(float a_scale, float b_scale, float y_scale);

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  // Computes the elements [first, last).
  void (*run)(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
              int64_t first, int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
void RunReference(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
                  int64_t first, int64_t last) noexcept;
void RunAvx2(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
             int64_t first, int64_t last) noexcept;
void RunAvx512(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
               int64_t first, int64_t last) noexcept;
void RunNeon(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
             int64_t first, int64_t last) noexcept;

}  // namespace goldcrest::kernels::quantized_binary
