#include "base/cpu_features.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace goldcrest::base {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"scalar", "avx2", "avx512", "neon"};

// The architecture's, rising.
#if defined(__x86_64__)
constexpr std::array kIsas = {Isa::kScalar, Isa::kAvx2, Isa::kAvx512};
#elif defined(__aarch64__)
constexpr std::array kIsas = {Isa::kScalar, Isa::kNeon};
#else
constexpr std::array kIsas = {Isa::kScalar};
#endif

bool MachineRuns(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kAvx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa == Isa::kAvx512) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  }
#endif
  return isa == Isa::kScalar || isa == Isa::kNeon;
}

}  // namespace

std::string_view NameOf(Isa isa) { return kNames[static_cast<size_t>(isa)]; }

std::span<const Isa> MachineIsas() {
  auto end = std::ranges::find_if_not(kIsas, MachineRuns);
  return {kIsas.begin(), end};
}

Result<Isa> AllowedIsa() {
  const char* cap = std::getenv("GOLDCREST_ISA");
  if (cap == nullptr || *cap == '\0') return MachineIsa();
  std::string names;
  for (Isa isa : kIsas) {
    if (NameOf(isa) == cap) return std::min(isa, MachineIsa());
    names += Cat(names.empty() ? "" : ", ", NameOf(isa));
  }
  return Fail(ErrorCode::kUsage, "GOLDCREST_ISA is '", cap, "'; on this machine it can be one of ",
              names);
}

}  // namespace goldcrest::base
