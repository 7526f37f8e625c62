#include "base/thread_pool.h"

#include <chrono>
#include <limits>
#include <memory>

namespace goldcrest::base {
namespace {

// Longer than the short steps of a model that one thread takes alone, too short to be noticed by
// others who want the core.
constexpr std::chrono::microseconds kMostSpinning{50};

void Pause() {
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

uint32_t LoopOf(uint64_t next) { return static_cast<uint32_t>(next >> 32); }
uint32_t LeftOf(uint64_t next) { return static_cast<uint32_t>(next); }

}  // namespace

// Where a thread cannot be had, the destructor ends those that could. They have all begun when this
// ends: a thread that begins holds locks of the memory allocator, and a process that is forked
// meanwhile would find them held for ever.
ThreadPool::ThreadPool(int threads) : ThreadPool() {
  const auto begun = std::make_shared<std::atomic<int>>(1);
  for (int i = 1; i < threads; ++i) {
    workers_.emplace_back([this, begun] {
      begun->fetch_add(1, std::memory_order_release);
      begun->notify_one();
      Work();
    });
  }
  for (int seen = begun->load(std::memory_order_acquire); seen < threads;
       seen = begun->load(std::memory_order_acquire)) {
    begun->wait(seen, std::memory_order_acquire);
  }
}

ThreadPool::~ThreadPool() {
  stop_.store(true, std::memory_order_relaxed);
  loop_.fetch_add(1, std::memory_order_seq_cst);
  loop_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::Run(int64_t chunks, const void* body, Call call) {
  if (workers_.empty() || chunks <= 1 || chunks > std::numeric_limits<uint32_t>::max()) {
    for (int64_t chunk = 0; chunk < chunks; ++chunk) call(body, chunk);
    return;
  }
  // All chunks of the last loop are done, so nobody can claim one before next_ is stored.
  const uint32_t loop = loop_.load(std::memory_order_relaxed) + 1;
  body_.store(body, std::memory_order_relaxed);
  call_.store(call, std::memory_order_relaxed);
  chunks_.store(static_cast<uint32_t>(chunks), std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  next_.store(uint64_t{loop} << 32 | static_cast<uint64_t>(chunks), std::memory_order_release);
  // What is waited for is stored before notify_all looks for those who wait (they look the other
  // way round): an order that release alone does not keep.
  loop_.store(loop, std::memory_order_seq_cst);
  loop_.notify_all();
  Claim(loop);
  auto finished = [&] { return finished_.load(std::memory_order_acquire) == loop; };
  Spin(finished);
  while (!finished()) finished_.wait(loop - 1, std::memory_order_acquire);
}

void ThreadPool::Claim(uint32_t loop) {
  const void* body = body_.load(std::memory_order_relaxed);
  const Call call = call_.load(std::memory_order_relaxed);
  const uint32_t chunks = chunks_.load(std::memory_order_relaxed);
  uint32_t claimed = 0;
  uint64_t next = next_.load(std::memory_order_acquire);
  while (LoopOf(next) == loop && LeftOf(next) > 0) {
    // Where this succeeds the loop was not finished, and what was read above is this loop's.
    if (!next_.compare_exchange_weak(next, next - 1, std::memory_order_acq_rel,
                                     std::memory_order_acquire)) {
      continue;
    }
    call(body, chunks - LeftOf(next));
    ++claimed;
    next = next_.load(std::memory_order_acquire);
  }
  if (claimed == 0) return;
  if (done_.fetch_add(claimed, std::memory_order_acq_rel) + claimed == chunks) {
    finished_.store(loop, std::memory_order_seq_cst);
    finished_.notify_all();
  }
}

void ThreadPool::Work() {
  uint32_t joined = 0;
  for (;;) {
    Spin([&] { return loop_.load(std::memory_order_acquire) != joined; });
    loop_.wait(joined, std::memory_order_acquire);
    // In this order: the loop that ends the pool must not be joined without being seen as such.
    joined = loop_.load(std::memory_order_acquire);
    if (stop_.load(std::memory_order_relaxed)) return;
    Claim(joined);
  }
}

}  // namespace goldcrest::base
