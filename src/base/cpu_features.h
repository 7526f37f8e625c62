// The instruction sets that kernels are written for, and which of them this machine runs.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace goldcrest::base {

// Rising: a machine that runs one runs all before it.
enum class Isa : uint8_t {
  kScalar,  // what the compiler makes of plain C++ for the baseline
  kAvx2,    // AVX2 and FMA
  kAvx512,  // AVX-512 F, BW, DQ, VL
};

std::string_view NameOf(Isa isa);  // scalar, avx2, avx512

// The highest that this machine runs.
Isa MachineIsa();

// The same, capped by the environment variable GOLDCREST_ISA; an error where that names none.
Result<Isa> AllowedIsa();

}  // namespace goldcrest::base
