// The loops whose speed is a core's limit: multiply-adds that stay in registers, and reading and
// writing memory and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/cpu_features.h"

namespace goldcrest::roofline {

struct Multiplication {
  int64_t multiply_adds;  // of one round
  void (*run)(int64_t rounds) noexcept;
};

// What the kernels of an instruction set multiply with.
struct Loops {
  base::Isa isa;
  Multiplication floats;
  Multiplication bfloats;  // the floats' where it has none for bfloat16
  Multiplication integers;
  // Multiples of kPiece bytes, from a multiple of 64 on.
  void (*read)(const std::byte* bytes, size_t size) noexcept;
  void (*write)(std::byte* bytes, size_t size) noexcept;
};

inline constexpr size_t kPiece = 512;

#if defined(__x86_64__)
extern const Loops kAvx2Loops;
extern const Loops kAvxVnniLoops;
extern const Loops kAvx512Loops;
extern const Loops kAvx512VnniLoops;
extern const Loops kAvx512Bf16Loops;
extern const Loops kAmxLoops;
#elif defined(__aarch64__)
extern const Loops kNeonLoops;
extern const Loops kNeonDotLoops;
extern const Loops kNeonI8mmLoops;
#endif

// By rising instruction set; the first runs everywhere.
std::span<const Loops* const> AllLoops();
// The highest that `isa` covers.
const Loops& LoopsOf(base::Isa isa);

}  // namespace goldcrest::roofline
