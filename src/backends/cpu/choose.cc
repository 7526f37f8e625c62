// Which row of a kernel table runs a step, and why others do not.
#include "backends/cpu/lower.h"

namespace goldcrest::backends::cpu {
namespace {

// Why a row does not run where the highest instruction set allowed is `highest`; nothing where it
// does.
std::string WhyNot(const Table::Row& row, base::Isa highest) {
  if (base::Covers(highest, row.isa)) return std::string(row.refusal);
  if (row.isa < highest) {
    return base::Cat("needs ", base::NameOf(row.isa), ", which this machine lacks");
  }
  return base::Cat("needs ", base::NameOf(row.isa), ", but the highest allowed is ",
                   base::NameOf(highest));
}

}  // namespace

size_t Choose(const Table& table, const Operands& operands) {
  size_t chosen = table.count - 1;
  for (size_t i = 0; i < table.count; ++i) {
    const Table::Row row = table[i];
    if (!base::Covers(operands.isa, row.isa) || !row.refusal.empty()) continue;
    if (row.name == operands.wanted) return i;
    chosen = std::min(chosen, i);
  }
  return chosen;
}

runtime::Step Explained(runtime::Step step, const Table& table, const Operands& operands) {
  bool found = operands.wanted.empty();
  bool before = true;
  for (size_t i = 0; i < table.count; ++i) {
    const Table::Row row = table[i];
    const bool wanted = row.name == operands.wanted;
    found |= wanted;
    if (row.name == step.kernel) before = false;
    if (row.name == step.kernel || (!before && !wanted)) continue;
    std::string reason = WhyNot(row, operands.isa);
    if (reason.empty()) reason = "slower, says the tuning";
    if (wanted) reason = base::Cat("wanted by the tuning, but ", reason);
    step.refused.push_back({std::string(row.name), std::move(reason)});
  }
  if (!found) {
    step.refused.push_back(
        {std::string(operands.wanted), "wanted by the tuning, but no kernel of this operator"});
  }
  return step;
}

}  // namespace goldcrest::backends::cpu
