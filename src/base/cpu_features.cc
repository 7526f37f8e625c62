#include "base/cpu_features.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace goldcrest::base {
namespace {

constexpr std::array<std::string_view, 8> kNames = {"scalar",     "avx2", "avx512",  "avx512vnni",
                                                    "avx512bf16", "neon", "neondot", "neoni8mm"};

// The architecture's, rising.
#if defined(__x86_64__)
constexpr std::array kIsas = {Isa::kScalar, Isa::kAvx2, Isa::kAvx512, Isa::kAvx512Vnni,
                              Isa::kAvx512Bf16};
#elif defined(__aarch64__)
constexpr std::array kIsas = {Isa::kScalar, Isa::kNeon, Isa::kNeonDot, Isa::kNeonI8mm};
#else
constexpr std::array kIsas = {Isa::kScalar};
#endif

bool MachineRuns(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::kAvx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa >= Isa::kAvx512Vnni && !__builtin_cpu_supports("avx512vnni")) return false;
  if (isa >= Isa::kAvx512Bf16 && !__builtin_cpu_supports("avx512bf16")) return false;
  if (isa >= Isa::kAvx512) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  }
#elif defined(__aarch64__) && defined(__linux__)
  // As the kernel's interface numbers them: HWCAP_ASIMDDP and HWCAP2_I8MM.
  constexpr unsigned long kDot = 1UL << 20, kI8mm = 1UL << 13;
  if (isa >= Isa::kNeonDot && (::getauxval(AT_HWCAP) & kDot) == 0) return false;
  return isa < Isa::kNeonI8mm || (::getauxval(AT_HWCAP2) & kI8mm) != 0;
#endif
  return isa == Isa::kScalar || isa == Isa::kNeon;
}

}  // namespace

std::string_view NameOf(Isa isa) { return kNames[static_cast<size_t>(isa)]; }

std::span<const Isa> MachineIsas() {
  auto end = std::ranges::find_if_not(kIsas, MachineRuns);
  return {kIsas.begin(), end};
}

Result<Isa> ParseIsa(std::string_view what, std::string_view name) {
  std::string names;
  for (Isa isa : kIsas) {
    if (NameOf(isa) == name) return isa;
    names += Cat(names.empty() ? "" : ", ", NameOf(isa));
  }
  return Fail(ErrorCode::kUsage, what, " is '", name, "'; on this machine it can be one of ",
              names);
}

Result<Isa> AllowedIsa() {
  const char* cap = std::getenv("GOLDCREST_ISA");
  if (cap == nullptr || *cap == '\0') return MachineIsa();
  GOLDCREST_TRY(Isa isa, ParseIsa("GOLDCREST_ISA", cap));
  return std::min(isa, MachineIsa());
}

}  // namespace goldcrest::base
