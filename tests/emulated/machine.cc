// This machine with all that can be emulated on it, in the place of base/machine_isas.cc; and the
// rows that need what it lacks, in the place of those in their own files: the linker takes of a
// library only what nobody has defined before.
#include <vector>

#include "base/cpu_features.h"
#include "kernels/emulations.h"

#define MachineIsas RealMachineIsas
#include "base/machine_isas.cc"
#undef MachineIsas

namespace goldcrest::base {
namespace {

bool MachineEmulates(Isa isa) {
  if (isa == Isa::kAvxVnni) return MachineRuns(Isa::kAvx2);
  return isa == Isa::kAmx && MachineRuns(Isa::kAvx512Bf16);
}

std::vector<Isa> RealAndEmulated() {
  std::vector<Isa> isas;
  for (auto i = static_cast<int>(Isa::kScalar); i <= static_cast<int>(Isa::kNeonI8mm); ++i) {
    const auto isa = static_cast<Isa>(i);
    if (MachineRuns(isa) || MachineEmulates(isa)) isas.push_back(isa);
  }
  return isas;
}

}  // namespace

std::span<const Isa> MachineIsas() {
  static const std::vector<Isa> isas = RealAndEmulated();
  return isas;
}

}  // namespace goldcrest::base

namespace goldcrest::kernels {

void conv::RunAmx(const Params& params, const float* x, const float* packed, float* y,
                  const Block& block) noexcept {
  RunEmulatedAmx(params, x, packed, y, block);
}

void quantized_conv::RunAmx(const Params& params, const std::byte* x, const std::byte* packed,
                            std::byte* y, const Block& block) noexcept {
  RunEmulatedAmx(params, x, packed, y, block);
}

void quantized_conv::RunAvxVnni(const Params& params, const std::byte* x, const std::byte* packed,
                                std::byte* y, const Block& block) noexcept {
  RunEmulatedAvxVnni(params, x, packed, y, block);
}

void quantized_depthwise::RunAvxVnni(const Params& params, const std::byte* x,
                                     const std::byte* packed, std::byte* y, int64_t first,
                                     int64_t last) noexcept {
  RunEmulatedAvxVnni(params, x, packed, y, first, last);
}

}  // namespace goldcrest::kernels
