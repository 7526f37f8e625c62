// How long things take.
#pragma once

#include <chrono>

namespace goldcrest::pipeline {

using Clock = std::chrono::steady_clock;

inline double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

}  // namespace goldcrest::pipeline
