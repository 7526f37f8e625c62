#include "base/cpu_features.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace goldcrest::base {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"scalar", "avx2", "avx512"};

}  // namespace

std::string_view NameOf(Isa isa) { return kNames[static_cast<size_t>(isa)]; }

Isa MachineIsa() {
#if defined(__x86_64__)
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (avx2 && avx512) return Isa::kAvx512;
  if (avx2) return Isa::kAvx2;
#endif
  return Isa::kScalar;
}

Result<Isa> AllowedIsa() {
  const char* cap = std::getenv("GOLDCREST_ISA");
  if (cap == nullptr || *cap == '\0') return MachineIsa();
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == cap) return std::min(static_cast<Isa>(i), MachineIsa());
  }
  return Fail(ErrorCode::kUsage, "GOLDCREST_ISA is '", cap, "'; it can be scalar, avx2 or avx512");
}

}  // namespace goldcrest::base
