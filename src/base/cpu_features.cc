#include "base/cpu_features.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace goldcrest::base {
namespace {

constexpr std::array<std::string_view, 10> kNames = {
    "scalar",     "avx2", "avxvnni", "avx512",  "avx512vnni",
    "avx512bf16", "amx",  "neon",    "neondot", "neoni8mm"};

// The architecture's, rising.
#if defined(__x86_64__)
constexpr std::array kIsas = {Isa::kScalar,     Isa::kAvx2,       Isa::kAvxVnni, Isa::kAvx512,
                              Isa::kAvx512Vnni, Isa::kAvx512Bf16, Isa::kAmx};
#elif defined(__aarch64__)
constexpr std::array kIsas = {Isa::kScalar, Isa::kNeon, Isa::kNeonDot, Isa::kNeonI8mm};
#else
constexpr std::array kIsas = {Isa::kScalar};
#endif

}  // namespace

std::string_view NameOf(Isa isa) { return kNames[static_cast<size_t>(isa)]; }

Isa HighestUpTo(Isa cap) {
  return *std::ranges::prev(std::ranges::upper_bound(MachineIsas(), cap));
}

bool Covers(Isa cap, Isa isa) {
  const std::span<const Isa> isas = MachineIsas();
  return isa <= cap && std::ranges::find(isas, isa) != isas.end();
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
  return HighestUpTo(isa);
}

}  // namespace goldcrest::base
