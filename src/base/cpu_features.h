// The instruction sets that kernels are written for, and which of them this machine runs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace goldcrest::base {

// Rising within an architecture: a machine that runs one runs all of its architecture before it. A
// program holds kernels of one architecture only, so that comparing is enough to choose.
enum class Isa : uint8_t {
  kScalar,      // what the compiler makes of plain C++ for the baseline
  kAvx2,        // x86-64: AVX2 and FMA
  kAvx512,      // x86-64: AVX-512 F, BW, DQ, VL
  kAvx512Vnni,  // x86-64: the same and VNNI
  kAvx512Bf16,  // x86-64: the same and BF16
  kNeon,        // aarch64: its baseline
  kNeonDot,     // aarch64: the same and dot products of bytes
  kNeonI8mm,    // aarch64: the same and products of matrices of bytes
};

// scalar, avx2, avx512, avx512vnni, avx512bf16, neon, neondot, neoni8mm
std::string_view NameOf(Isa isa);

// All that this machine runs, rising; the last is the highest.
std::span<const Isa> MachineIsas();
inline Isa MachineIsa() { return MachineIsas().back(); }

// The one of this architecture that `name` names; the error says what `what` is and can be.
Result<Isa> ParseIsa(std::string_view what, std::string_view name);

// The highest, capped by the environment variable GOLDCREST_ISA; an error where that names none of
// this architecture.
Result<Isa> AllowedIsa();

}  // namespace goldcrest::base
