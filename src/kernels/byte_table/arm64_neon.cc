#include <arm_neon.h>

#include "kernels/byte_table/byte_table.h"

namespace goldcrest::kernels::byte_table {

// The table is looked up by quarters: what a byte does not select from one is left as it was.
void RunNeon(const Table& table, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept {
  const auto* bytes = reinterpret_cast<const uint8_t*>(&table);
  const uint8x16x4_t a = vld1q_u8_x4(bytes), b = vld1q_u8_x4(bytes + 64);
  const uint8x16x4_t c = vld1q_u8_x4(bytes + 128), d = vld1q_u8_x4(bytes + 192);
  const uint8x16_t quarter = vdupq_n_u8(64);
  int64_t i = first;
  for (; i + 16 <= last; i += 16) {
    uint8x16_t index = vld1q_u8(reinterpret_cast<const uint8_t*>(x + i));
    uint8x16_t found = vqtbl4q_u8(a, index);
    found = vqtbx4q_u8(found, b, index = vsubq_u8(index, quarter));
    found = vqtbx4q_u8(found, c, index = vsubq_u8(index, quarter));
    found = vqtbx4q_u8(found, d, vsubq_u8(index, quarter));
    vst1q_u8(reinterpret_cast<uint8_t*>(y + i), found);
  }
  for (; i < last; ++i) y[i] = static_cast<std::byte>(bytes[static_cast<uint8_t>(x[i])]);
}

}  // namespace goldcrest::kernels::byte_table
