// What the kernel tables have in common. A row is declaration, choice, test and benchmark at once:
// the backend asks Choose, tests and benchmarks loop over the rows.
#pragma once

#include <span>
#include <string_view>

namespace goldcrest::kernels {

template <class Params, class Function>
struct Row {
  std::string_view name;                      // operator, types, tile, ISA
  std::string_view (*refuse)(const Params&);  // why it cannot take these parameters; empty: it can
  Function run;
};

template <class Params>
std::string_view NeverRefuse(const Params&) {
  return {};
}

// The first row that does not refuse. The last row of every table is the reference, which takes
// all.
template <class Params, class Function>
const Row<Params, Function>& ChooseRow(std::span<const Row<Params, Function>> rows,
                                       const Params& params) {
  for (const auto& row : rows) {
    if (row.refuse(params).empty()) return row;
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
