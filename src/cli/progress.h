// How far a long piece of work is, on standard error.
#pragma once

#include <chrono>
#include <string>

namespace goldcrest::cli {

// Silent in the first second. On a terminal a bar that is redrawn, and gone in the end; elsewhere a
// line every few seconds.
class Progress {
 public:
  Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // takes the bar away

  // `share` of the work is done, in [0, 1].
  void Show(double share, const std::string& doing);

 private:
  using Clock = std::chrono::steady_clock;

  bool terminal_;
  bool drawn_ = false;
  Clock::time_point next_;  // nothing is shown before
};

}  // namespace goldcrest::cli
