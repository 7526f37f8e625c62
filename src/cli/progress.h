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

  // The same with the time that is left, as far as the share that is done tells; a share that falls
  // begins another piece of work.
  void ShowWithTimeLeft(double share, const std::string& doing);

  // A line that stays.
  void Print(const std::string& line);

 private:
  using Clock = std::chrono::steady_clock;

  bool terminal_;
  bool drawn_ = false;
  Clock::time_point next_;  // nothing is shown before
  Clock::time_point start_ = Clock::now();
  double first_share_ = 0, last_share_ = 0;  // since start_
};

// Seconds as 0:07, 12:30 or 1:02:03.
std::string ClockTime(double seconds);

}  // namespace goldcrest::cli
