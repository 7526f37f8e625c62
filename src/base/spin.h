// Waiting for another thread without giving up the core at once.
#pragma once

#include <chrono>
#include <thread>

namespace goldcrest::base {

// Longer than the short steps of a model that one thread takes alone, too short to be noticed by
// others who want the core.
inline constexpr std::chrono::microseconds kMostSpinning{50};

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Waits until `ready()`; gives up after kMostSpinning.
template <class Ready>
void Spin(const Ready& ready) {
  using Clock = std::chrono::steady_clock;
  constexpr int kPauses = 64;  // between looks at the clock
  const Clock::time_point end = Clock::now() + kMostSpinning;
  do {
    for (int i = 0; i < kPauses; ++i, Pause()) {
      if (ready()) return;
    }
    std::this_thread::yield();  // others may want the core
  } while (Clock::now() < end);
}

}  // namespace goldcrest::base
