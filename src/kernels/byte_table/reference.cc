#include "kernels/byte_table/byte_table.h"

namespace goldcrest::kernels::byte_table {

void RunReference(const Table& table, const std::byte* x, std::byte* y, int64_t first,
                  int64_t last) noexcept {
  for (int64_t i = first; i < last; ++i) {
    y[i] = static_cast<std::byte>(table[static_cast<size_t>(x[i])]);
  }
}

}  // namespace goldcrest::kernels::byte_table
