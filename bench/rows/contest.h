// Times rows of a kernel table on one layer.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernels/row.h"
#include "roofline/roofline.h"
#include "rows/layers.h"

namespace goldcrest::bench {

struct Settings {
  double seconds = 0.01;    // of a row and layer
  bool references = false;  // the rows of plain C++ too
  std::string only;         // rows whose name contains it
};

// Seeded noise: floats in [-1, 1), and bytes.
std::vector<float> NoiseFloats(int64_t count);
std::vector<std::byte> NoiseBytes(int64_t count);

class Contest {
 public:
  explicit Contest(Settings settings) : settings_(std::move(settings)) {}

  // Prints a line for each row that this machine runs and that takes `params`. bind(row) makes what
  // computes the layer once; the row that runs in networks is marked.
  template <class Row, class Params, class Bind>
  void Measure(const Layer& layer, const roofline::Work& work, std::span<const Row> rows,
               const Params& params, const Bind& bind) {
    bool chosen = true;
    for (const Row& row : rows) {
      if (!base::Covers(base::MachineIsa(), row.isa) || !row.refuse(params).empty()) continue;
      const bool runs_in_networks = std::exchange(chosen, false);
      if (row.isa == base::Isa::kScalar && !settings_.references) continue;
      if (row.name.find(settings_.only) == std::string_view::npos) continue;
      Print(layer, row.name, row.isa, runs_in_networks, work, BestSeconds(bind(row)));
    }
  }

  bool measured_any() const { return !rooflines_.empty(); }

 private:
  template <class Run>
  double BestSeconds(Run run) const {
    using Clock = std::chrono::steady_clock;
    run();
    double best = 1e9;
    const Clock::time_point start = Clock::now();
    for (Clock::time_point now = start, before;
         std::chrono::duration<double>(now - start).count() < settings_.seconds;) {
      before = now;
      run();
      now = Clock::now();
      best = std::min(best, std::chrono::duration<double>(now - before).count());
    }
    return best;
  }

  void Print(const Layer& layer, std::string_view row, base::Isa isa, bool chosen,
             const roofline::Work& work, double seconds);

  Settings settings_;
  std::map<base::Isa, roofline::Roofline> rooflines_;
};

// The rows of the tables that compute such a layer, in floats and in bytes; nothing where no table
// does.
void MeasureFloats(Contest& contest, const Layer& layer);
void MeasureIntegers(Contest& contest, const Layer& layer);

}  // namespace goldcrest::bench
