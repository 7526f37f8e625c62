// What the kernel tables have in common. A row is declaration, choice, test and benchmark at once:
// the backend asks Choose, tests and benchmarks loop over the rows.
#pragma once

#include <span>
#include <string_view>

#include "base/cpu_features.h"

namespace goldcrest::kernels {

template <class Params>
std::string_view NeverRefuse(const Params&) {
  return {};
}

// The first row that `isa` covers and that does not refuse; its `refuse` says why it cannot take
// parameters, or nothing where it can. The last row of every table is the reference, which takes
// all.
template <class Row, class Params>
const Row& ChooseRow(std::span<const Row> rows, const Params& params, base::Isa isa) {
  for (const Row& row : rows) {
    if (base::Covers(isa, row.isa) && row.refuse(params).empty()) return row;
  }
  return rows.back();
}

// The range that an activation clamps to: (−∞, ∞) for none, [0, ∞) for relu, [0, 6] for relu6.
struct Clamp {
  float low;
  float high;

  // A NaN passes through, as it does in TensorFlow.
  float operator()(float x) const { return x < low ? low : x > high ? high : x; }
};

}  // namespace goldcrest::kernels
