#include "base/cpu_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

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

// Processors with AVX-512 may lack AVX-VNNI, which is below it.
TEST(CpuFeatures, ALevelCoversThoseBelowItThatTheMachineRuns) {
#if defined(__x86_64__)
  constexpr std::array kNames = {"scalar",     "avx2",       "avxvnni", "avx512",
                                 "avx512vnni", "avx512bf16", "amx"};
#elif defined(__aarch64__)
  constexpr std::array kNames = {"scalar", "neon", "neondot", "neoni8mm"};
#endif
  for (const char* name : kNames) {
    SCOPED_TRACE(name);
    Result<Isa> isa = ParseIsa("it", name);
    Result<Isa> allowed = AllowedWith(name);
    ASSERT_TRUE(isa && allowed);
    const bool runs = std::ranges::find(MachineIsas(), *isa) != MachineIsas().end();
    EXPECT_EQ(Covers(MachineIsa(), *isa), runs);
    EXPECT_EQ(*allowed == *isa, runs);
    EXPECT_TRUE(Covers(*allowed, *allowed));
    EXPECT_LE(*allowed, *isa);
    for (Isa lower : MachineIsas()) EXPECT_EQ(Covers(*allowed, lower), lower <= *allowed);
  }
}

#if defined(__x86_64__) && defined(__linux__)
TEST(CpuFeatures, AreThoseThatLinuxNames) {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line) && !line.starts_with("flags")) {
  }
  ASSERT_FALSE(line.empty()) << "/proc/cpuinfo names no flags";
  line += ' ';
  auto has = [&](std::string_view flag) {
    return line.find(Cat(" ", flag, " ")) != std::string::npos;
  };
  auto runs = [](Isa isa) { return Covers(MachineIsa(), isa); };
  EXPECT_EQ(runs(Isa::kAvxVnni), has("avx_vnni"));
  EXPECT_EQ(runs(Isa::kAvx512Vnni), runs(Isa::kAvx512) && has("avx512_vnni"));
  EXPECT_EQ(runs(Isa::kAvx512Bf16), runs(Isa::kAvx512Vnni) && has("avx512_bf16"));
  // The system may refuse tiles that the processor has.
  EXPECT_TRUE(!runs(Isa::kAmx) || (has("amx_tile") && has("amx_int8") && has("amx_bf16")));
}
#endif

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
