// Times rows of a kernel table on one layer.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
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

// Where a row leaves its result.
struct Answer {
  std::span<std::byte> bytes;
  bool floats = false;
  // How far floats may be from the reference's, of the largest of those; integers are the same.
  double tolerance = 1e-4;
};
inline Answer Bytes(std::vector<std::byte>& y) { return {y}; }
inline Answer Floats(std::vector<float>& y, double tolerance = 1e-4) {
  return {std::as_writable_bytes(std::span(y)), true, tolerance};
}

class Contest {
 public:
  explicit Contest(Settings settings) : settings_(std::move(settings)) {}

  // Prints a line for each row that this machine runs and that takes `params`. bind(row) makes what
  // computes the layer once, into `answer`; the row that runs in networks is marked. One that gives
  // another answer than `reference` is not timed, and makes status() an error.
  template <class Row, class Params, class Bind>
  void Measure(const Layer& layer, const roofline::Work& work, std::span<const Row> rows,
               const Row& reference, const Params& params, const Answer& answer, const Bind& bind) {
    bool chosen = true;
    std::vector<std::byte> expected;
    for (const Row& row : rows) {
      if (!base::Covers(base::MachineIsa(), row.isa) || !row.refuse(params).empty()) continue;
      const bool runs_in_networks = std::exchange(chosen, false);
      if (row.isa == base::Isa::kScalar && !settings_.references) continue;
      if (row.name.find(settings_.only) == std::string_view::npos) continue;
      if (expected.empty()) {
        bind(reference)();
        expected.assign(answer.bytes.begin(), answer.bytes.end());
      }
      std::ranges::fill(answer.bytes, std::byte{0xa5});
      const auto run = bind(row);
      run();
      if (!IsRight(layer, row.name, expected, answer)) continue;
      Print(layer, row.name, row.isa, runs_in_networks, work, BestSeconds(run));
    }
  }

  bool measured_any() const { return !rooflines_.empty(); }
  // An error where a row computed something else than the reference.
  const Status& status() const { return status_; }

 private:
  template <class Run>
  double BestSeconds(const Run& run) const {
    using Clock = std::chrono::steady_clock;
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

  bool IsRight(const Layer& layer, std::string_view row, std::span<const std::byte> expected,
               const Answer& answer);
  void Print(const Layer& layer, std::string_view row, base::Isa isa, bool chosen,
             const roofline::Work& work, double seconds);

  Settings settings_;
  Status status_;
  std::map<base::Isa, roofline::Roofline> rooflines_;
};

// The rows of the tables that compute such a layer, in floats and in bytes; nothing where no table
// does.
void MeasureFloats(Contest& contest, const Layer& layer);
void MeasureIntegers(Contest& contest, const Layer& layer);
// What layers of dynamic range have beside their products: the range of their input, its integers
// and, of depthwise layers, reals made of sums.
void MeasureDynamicRange(Contest& contest, const Layer& layer);

}  // namespace goldcrest::bench
