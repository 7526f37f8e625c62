// The instruction sets that kernels are written for, and which of them this machine runs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace goldcrest::base {

// Rising within an architecture, by what is faster: one caps the choice to itself and those before
// it. A machine that runs one runs all of its architecture before it, except for kAvxVnni, which
// many with AVX-512 lack.
enum class Isa : uint8_t {
  kScalar,      // what the compiler makes of plain C++ for the baseline
  kAvx2,        // x86-64: AVX2 and FMA
  kAvxVnni,     // x86-64: the same and AVX-VNNI, of processors without AVX-512
  kAvx512,      // x86-64: AVX-512 F, BW, DQ, VL
  kAvx512Vnni,  // x86-64: the same and VNNI
  kAvx512Bf16,  // x86-64: the same and BF16
  kAmx,         // x86-64: the same and AMX-TILE, AMX-INT8, AMX-BF16
  kNeon,        // aarch64: its baseline
  kNeonDot,     // aarch64: the same and dot products of bytes
  kNeonI8mm,    // aarch64: the same and products of matrices of bytes
};

// scalar, avx2, avxvnni, avx512, avx512vnni, avx512bf16, amx, neon, neondot, neoni8mm
std::string_view NameOf(Isa isa);

// All that this machine runs, rising; the last is the highest. kAmx only where the system has given
// this process the registers of tiles, for which the first call asks it.
std::span<const Isa> MachineIsas();
inline Isa MachineIsa() { return MachineIsas().back(); }

// The highest of them that is not above `cap`.
Isa HighestUpTo(Isa cap);

// Whether kernels of `isa` may run where the highest allowed is `cap`: this machine runs them too.
bool Covers(Isa cap, Isa isa);

// The one of this architecture that `name` names; the error says what `what` is and can be.
Result<Isa> ParseIsa(std::string_view what, std::string_view name);

// The highest, capped by the environment variable GOLDCREST_ISA; an error where that names none of
// this architecture.
Result<Isa> AllowedIsa();

}  // namespace goldcrest::base
