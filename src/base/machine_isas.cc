// Apart from cpu_features.cc, so that a test program can have a machine of its own in its place.
#include <array>

#include "base/cpu_features.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace goldcrest::base {
namespace {

#if defined(__x86_64__)
// AVX-VNNI: CPUID leaf 7.1, EAX bit 4. That the system keeps its registers is what AVX2 says.
bool HasAvxVnni() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax >> 4 & 1) != 0;
}

// AMX-BF16, AMX-TILE and AMX-INT8: CPUID leaf 7.0, EDX bits 22, 24 and 25; the system keeps tiles
// and their configuration: bits 17 and 18 of XCR0, which a processor with AVX-512 has. Linux gives
// the eight KiB of tiles to processes that ask for them (its Documentation/arch/x86/xstate.rst),
// once for all of their threads and children.
bool MayUseTiles() {
#if defined(__linux__)
  constexpr unsigned kInstructions = 1U << 22 | 1U << 24 | 1U << 25;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((edx & kInstructions) != kInstructions) return false;
  asm volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
  if ((eax >> 17 & 3) != 3) return false;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM
  return ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}
#endif

#if defined(__aarch64__)
// As the kernel's interface numbers them.
#if defined(__linux__)
bool HasCapability(unsigned long kind, int bit) { return (::getauxval(kind) >> bit & 1) != 0; }
#else
constexpr unsigned long AT_HWCAP = 0, AT_HWCAP2 = 0;
bool HasCapability(unsigned long, int) { return false; }
#endif
#endif

bool MachineRuns(Isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case Isa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::kAvxVnni:
      return MachineRuns(Isa::kAvx2) && HasAvxVnni();
    case Isa::kAvx512:
      return MachineRuns(Isa::kAvx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    case Isa::kAvx512Vnni:
      return MachineRuns(Isa::kAvx512) && __builtin_cpu_supports("avx512vnni");
    case Isa::kAvx512Bf16:
      return MachineRuns(Isa::kAvx512Vnni) && __builtin_cpu_supports("avx512bf16");
    case Isa::kAmx:
      return MachineRuns(Isa::kAvx512Bf16) && MayUseTiles();
#elif defined(__aarch64__)
    case Isa::kNeon:
      return true;
    case Isa::kNeonDot:
      return HasCapability(AT_HWCAP, 20);  // HWCAP_ASIMDDP
    case Isa::kNeonI8mm:
      return MachineRuns(Isa::kNeonDot) && HasCapability(AT_HWCAP2, 13);  // HWCAP2_I8MM
#endif
    default:
      return isa == Isa::kScalar;
  }
}

struct Machine {
  std::array<Isa, static_cast<size_t>(Isa::kNeonI8mm) + 1> isas = {};
  size_t count = 0;

  Machine() {
    for (size_t i = 0; i < isas.size(); ++i) {
      const auto isa = static_cast<Isa>(i);
      if (MachineRuns(isa)) isas[count++] = isa;
    }
  }
};

}  // namespace

std::span<const Isa> MachineIsas() {
  static const Machine machine;
  return {machine.isas.data(), machine.count};
}

}  // namespace goldcrest::base
