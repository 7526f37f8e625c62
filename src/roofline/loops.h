// The loops whose speed is a core's limit: multiply-adds that stay in registers, and reading and
// writing memory and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu_features.h"

namespace goldcrest::roofline {

// What the kernels of an instruction set multiply with: a float32 each for itself, and bytes as
// quickly as it multiplies them exactly (16-bit pairs, or four bytes at once).
struct Loops {
  base::Isa isa;
  int64_t float_multiply_adds;  // of one round
  int64_t integer_multiply_adds;
  void (*multiply_floats)(int64_t rounds) noexcept;
  void (*multiply_integers)(int64_t rounds) noexcept;
  // Multiples of kPiece bytes, from a multiple of 64 on.
  void (*read)(const std::byte* bytes, size_t size) noexcept;
  void (*write)(std::byte* bytes, size_t size) noexcept;
};

inline constexpr size_t kPiece = 512;

#if defined(__x86_64__)
extern const Loops kAvx2Loops;
extern const Loops kAvx512Loops;
extern const Loops kAvx512VnniLoops;
#elif defined(__aarch64__)
extern const Loops kNeonLoops;
#endif

// By rising instruction set; the first runs everywhere.
std::span<const Loops* const> AllLoops();
// The highest that `isa` covers.
const Loops& LoopsOf(base::Isa isa);

}  // namespace goldcrest::roofline
