// y = table[x] on bytes, elementwise: any function of one 8-bit operand.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/row.h"

namespace goldcrest::kernels::byte_table {

using Table = std::array<uint8_t, 256>;

struct Row {
  std::string_view name;
  base::Isa isa;
  std::string_view (*refuse)(const Table& table);
  // Computes the elements [first, last).
  void (*run)(const Table& table, const std::byte* x, std::byte* y, int64_t first,
              int64_t last) noexcept;
};

std::span<const Row> Rows();  // in order of priority
const Row& Choose(const Table& table, base::Isa isa);

// What the rows bind.
void RunReference(const Table& table, const std::byte* x, std::byte* y, int64_t first,
                  int64_t last) noexcept;
void RunAvx512Vbmi(const Table& table, const std::byte* x, std::byte* y, int64_t first,
                   int64_t last) noexcept;
void RunAvx2(const Table& table, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;
void RunNeon(const Table& table, const std::byte* x, std::byte* y, int64_t first,
             int64_t last) noexcept;

}  // namespace goldcrest::kernels::byte_table
