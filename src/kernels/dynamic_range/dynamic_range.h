// What TensorFlow Lite makes of float32 activations in front of integer weights: each item is
// quantized to int8 by a scale and zero point of its own,
//
//   q = clamp(round(x · (1 / scale)) + zero),   halves away from zero.
//
// Asymmetric: the scale is (max(x, 0) − min(x, 0)) / 255 and 0 is one of the steps; symmetric: it
// is max |x| / 127. A NaN counts for no range and becomes the lowest integer. Formulas: TensorFlow
// Lite's reference kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/requantize.h"
#include "kernels/row.h"

namespace goldcrest::kernels::dynamic_range {

struct Params {
  bool symmetric = false;
};

// Of some elements, and of 0.
struct Range {
  float least = 0, greatest = 0;
};

struct Steps {
  float scale = 1;
  float inverse = 1;
  int32_t zero = 0;
  int32_t low = -128;  // the highest is 127
};

Steps StepsOf(const Params& params, const Range& range);

// Of `count` output channels: scales of the weights and biases.
struct Channels {
  int64_t count = 1;
  const float* scales;
  const float* biases;
};

// Nothing that is computed depends on the row.
struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Params& params);
  Range (*range)(const float* x, int64_t count) noexcept;
  // As int8.
  void (*quantize)(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept;
  // As float32, less the zero point: what a float kernel sums exactly.
  void (*centre)(const Steps& steps, const float* x, int64_t count, float* q) noexcept;
  // Such sums of `pixels` pixels become results, as ToReal has it.
  void (*to_reals)(const Reals& out, const Channels& channels, int64_t pixels, float* y) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Params& params, base::Isa isa);

// What the rows bind.
Range RangeReference(const float* x, int64_t count) noexcept;
void QuantizeReference(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept;
void CentreReference(const Steps& steps, const float* x, int64_t count, float* q) noexcept;
void ToRealsReference(const Reals& out, const Channels& channels, int64_t pixels,
                      float* y) noexcept;
Range RangeAvx2(const float* x, int64_t count) noexcept;
void QuantizeAvx2(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept;
void CentreAvx2(const Steps& steps, const float* x, int64_t count, float* q) noexcept;
void ToRealsAvx2(const Reals& out, const Channels& channels, int64_t pixels, float* y) noexcept;
Range RangeAvx512(const float* x, int64_t count) noexcept;
void QuantizeAvx512(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept;
void CentreAvx512(const Steps& steps, const float* x, int64_t count, float* q) noexcept;
void ToRealsAvx512(const Reals& out, const Channels& channels, int64_t pixels, float* y) noexcept;
Range RangeNeon(const float* x, int64_t count) noexcept;
void QuantizeNeon(const Steps& steps, const float* x, int64_t count, std::byte* q) noexcept;
void CentreNeon(const Steps& steps, const float* x, int64_t count, float* q) noexcept;
void ToRealsNeon(const Reals& out, const Channels& channels, int64_t pixels, float* y) noexcept;

}  // namespace goldcrest::kernels::dynamic_range
