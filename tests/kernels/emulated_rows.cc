#include "kernels/emulated_rows.h"

#include <algorithm>
#include <initializer_list>

#include "base/check.h"
#include "kernels/emulations.h"

namespace goldcrest::kernels {
namespace {

template <class Row>
struct Emulation {
  std::string_view name;
  decltype(Row::run) real, emulated;
  base::Isa isa;  // what it needs
};

template <class Row>
std::vector<Row> Joined(std::span<const Row> rows,
                        std::initializer_list<Emulation<Row>> emulations) {
  std::vector<Row> all(rows.begin(), rows.end() - 1);
  for (const Emulation<Row>& emulation : emulations) {
    const auto row = std::ranges::find(rows, emulation.real, &Row::run);
    GOLDCREST_CHECK(row != rows.end());
    all.push_back(*row);
    all.back().name = emulation.name;
    all.back().run = emulation.emulated;
    all.back().isa = emulation.isa;
  }
  all.push_back(rows.back());
  return all;
}

}  // namespace

#if defined(__x86_64__)
std::vector<conv::Row> WithEmulated(std::span<const conv::Row> rows) {
  return Joined(
      rows, {{"emulated conv amx", conv::RunAmx, conv::RunEmulatedAmx, base::Isa::kAvx512Bf16}});
}

std::vector<quantized_conv::Row> WithEmulated(std::span<const quantized_conv::Row> rows) {
  return Joined(rows, {{"emulated quantized_conv amx", quantized_conv::RunAmx,
                        quantized_conv::RunEmulatedAmx, base::Isa::kAvx512Vnni},
                       {"emulated quantized_conv avxvnni", quantized_conv::RunAvxVnni,
                        quantized_conv::RunEmulatedAvxVnni, base::Isa::kAvx2}});
}

std::vector<quantized_depthwise::Row> WithEmulated(std::span<const quantized_depthwise::Row> rows) {
  return Joined(rows, {{"emulated quantized_depthwise avxvnni", quantized_depthwise::RunAvxVnni,
                        quantized_depthwise::RunEmulatedAvxVnni, base::Isa::kAvx2}});
}
#else
std::vector<conv::Row> WithEmulated(std::span<const conv::Row> rows) { return Joined(rows, {}); }
std::vector<quantized_conv::Row> WithEmulated(std::span<const quantized_conv::Row> rows) {
  return Joined(rows, {});
}
std::vector<quantized_depthwise::Row> WithEmulated(std::span<const quantized_depthwise::Row> rows) {
  return Joined(rows, {});
}
#endif

}  // namespace goldcrest::kernels
