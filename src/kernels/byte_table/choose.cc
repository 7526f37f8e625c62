#include "kernels/byte_table/byte_table.h"

namespace goldcrest::kernels::byte_table {
namespace {

#if defined(__x86_64__)
// Nearly all processors with VNNI have it.
std::string_view RefuseWithoutVbmi(const Table&) {
  return __builtin_cpu_supports("avx512vbmi") ? "" : "the processor has no AVX-512 VBMI";
}
#endif

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"byte_table_avx512vbmi", base::Isa::kAvx512Vnni, RefuseWithoutVbmi, RunAvx512Vbmi},
    Row{"byte_table_avx2", base::Isa::kAvx2, NeverRefuse<Table>, RunAvx2},
#elif defined(__aarch64__)
    Row{"byte_table_neon", base::Isa::kNeon, NeverRefuse<Table>, RunNeon},
#endif
    Row{"byte_table_reference", base::Isa::kScalar, NeverRefuse<Table>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Table& table, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), table, isa);
}

}  // namespace goldcrest::kernels::byte_table
