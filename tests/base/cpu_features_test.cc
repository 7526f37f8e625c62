#include "base/cpu_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace goldcrest::base {
namespace {

// What GOLDCREST_ISA caps the choice to.
Result<Isa> AllowedWith(const char* cap) {
  const char* set = std::getenv("GOLDCREST_ISA");
  std::string before = set == nullptr ? "" : set;
  ::setenv("GOLDCREST_ISA", cap, 1);
  Result<Isa> allowed = AllowedIsa();
  ::setenv("GOLDCREST_ISA", before.c_str(), 1);
  return allowed;
}

TEST(CpuFeatures, TheMachinesLevelsRiseFromScalar) {
  std::span<const Isa> isas = MachineIsas();
  EXPECT_EQ(isas.front(), Isa::kScalar);
  EXPECT_TRUE(std::ranges::is_sorted(isas));
  EXPECT_EQ(isas.back(), MachineIsa());
#if defined(__aarch64__)
  // The emulator has all that there are kernels for, which are tested nowhere else.
  EXPECT_GE(MachineIsa(), GOLDCREST_EMULATED ? Isa::kNeonI8mm : Isa::kNeon);
#endif
}

TEST(CpuFeatures, EachLevelCanBeChosenByItsName) {
  for (Isa isa : MachineIsas()) EXPECT_EQ(AllowedWith(std::string(NameOf(isa)).c_str()), isa);
  EXPECT_EQ(AllowedWith(""), MachineIsa());
}

TEST(CpuFeatures, OtherNamesAreErrorsThatListTheArchitecturesOwn) {
#if defined(__aarch64__)
  constexpr char kForeign[] = "avx2";
  constexpr char kNames[] = "scalar, neon, neondot, neoni8mm";
#else
  constexpr char kForeign[] = "neon";
  constexpr char kNames[] = "scalar, avx2, avxvnni, avx512, avx512vnni, avx512bf16, amx";
#endif
  for (const char* name : {kForeign, "fast"}) {
    Result<Isa> allowed = AllowedWith(name);
    ASSERT_FALSE(allowed);
    EXPECT_EQ(allowed.error().code, ErrorCode::kUsage);
    EXPECT_EQ(allowed.error().message,
              Cat("GOLDCREST_ISA is '", name, "'; on this machine it can be one of ", kNames));
  }
}

}  // namespace
}  // namespace goldcrest::base
