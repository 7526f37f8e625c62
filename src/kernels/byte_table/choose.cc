#include "kernels/byte_table/byte_table.h"

namespace goldcrest::kernels::byte_table {
namespace {

constexpr std::array kRows = {
#if defined(__x86_64__)
    Row{"byte_table_avx2", base::Isa::kAvx2, NeverRefuse<Table>, RunAvx2},
#endif
    Row{"byte_table_reference", base::Isa::kScalar, NeverRefuse<Table>, RunReference},
};

}  // namespace

std::span<const Row> Rows() { return kRows; }
const Row& Choose(const Table& table, base::Isa isa) {
  return ChooseRow(std::span<const Row>(kRows), table, isa);
}

}  // namespace goldcrest::kernels::byte_table
