// What many measurements of one quantity say.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace goldcrest::pipeline {

struct Statistics {
  size_t count = 0;
  double min = 0;
  double median = 0;
  double p90 = 0;
  double max = 0;
  double mean = 0;
  double std = 0;     // of a sample: n − 1 in the denominator; 0 for a single measurement
  double spread = 0;  // (p90 − p10) / median
};

// Percentile `share` in [0, 1] of rising numbers, interpolated as NumPy's `percentile` does.
double Percentile(std::span<const double> rising, double share);

// Of one or more measurements, in any order.
Statistics Summarize(std::span<const double> measurements);

struct Range {
  double low = 0;
  double high = 0;
};

// Where the median of what the measurements are a sample of lies, with 95 % at least: the sign
// test's interval, between two of the measurements, whatever they are distributed like. Nothing
// where there are fewer than 6, which cannot tell.
std::optional<Range> MedianInterval(std::span<const double> measurements);

}  // namespace goldcrest::pipeline
