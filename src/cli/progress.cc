#include "cli/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "cli/command.h"

namespace goldcrest::cli {
namespace {

constexpr std::chrono::milliseconds kSilence{1000};
constexpr std::chrono::milliseconds kBetweenBars{100};
constexpr std::chrono::milliseconds kBetweenLines{5000};
constexpr int kProgressWidth = 20;

}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) != 0), next_(Clock::now() + kSilence) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void Progress::Show(double share, const std::string& doing) {
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? kBetweenBars : kBetweenLines);
  const int percent = static_cast<int>(std::lround(share * 100));
  if (!terminal_) {
    std::fprintf(stderr, "%d %% %s\n", percent, Printable(doing).c_str());
    return;
  }
  drawn_ = true;
  std::string bar;
  for (int i = 0; i < kProgressWidth; ++i) bar += i * 100 < percent * kProgressWidth ? "█" : "░";
  std::fprintf(stderr, "\r\033[K%s %3d %% %s", bar.c_str(), percent, Printable(doing).c_str());
  std::fflush(stderr);
}

void Progress::ShowWithTimeLeft(double share, const std::string& doing) {
  const Clock::time_point now = Clock::now();
  if (share < last_share_) {
    start_ = now;
    first_share_ = share;
  }
  last_share_ = share;
  if (now < next_) return;
  const std::chrono::duration<double> elapsed = now - start_;
  const double done = share - first_share_;
  if (done <= 0 || elapsed < kSilence) return Show(share, doing);
  Show(share, base::Cat(doing, "  ETA ", ClockTime(elapsed.count() / done * (1 - share))));
}

void Progress::Print(const std::string& line) {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
  std::fprintf(stderr, "%s\n", line.c_str());
}

std::string ClockTime(double seconds) {
  const auto all = static_cast<int64_t>(std::llround(seconds));
  auto two = [](int64_t number) { return base::Cat(number < 10 ? "0" : "", number); };
  const std::string tail = two(all % 60);
  if (all < 3600) return base::Cat(all / 60, ":", tail);
  return base::Cat(all / 3600, ":", two(all / 60 % 60), ":", tail);
}

}  // namespace goldcrest::cli
