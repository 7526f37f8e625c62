// A pool that runs one loop at a time, in chunks claimed as they come: a thread that loses its core
// delays only the chunk it holds. Threads that wait spin for some microseconds before they sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <vector>

namespace goldcrest::base {

class ThreadPool {
 public:
  // `threads` counts the caller, which works too: 1 makes no thread at all.
  explicit ThreadPool(int threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(chunk) once for each chunk in [0, chunks), and returns when all are done. Allocates
  // nothing. Not for use from within a body, nor by two callers at once.
  template <class Body>
  void ForEach(int64_t chunks, const Body& body) {
    static_assert(std::is_nothrow_invocable_v<const Body&, int64_t>);
    Run(chunks, &body,
        [](const void* b, int64_t chunk) noexcept { (*static_cast<const Body*>(b))(chunk); });
  }

 private:
  ThreadPool() = default;

  // Written by all threads, and alone in its cache line.
  template <class T>
  struct alignas(64) Counter : std::atomic<T> {};

  using Call = void (*)(const void* body, int64_t chunk) noexcept;
  void Run(int64_t chunks, const void* body, Call call);
  void Claim(uint32_t loop);
  void Work();

  // The loop's number and how many of its chunks are left, in one, so that nobody claims a chunk of
  // another loop than the one whose body he has, or more than it has.
  Counter<uint64_t> next_;
  Counter<uint32_t> done_;  // chunks of the current loop
  // What the current loop does. Read by workers that may be late, whose claim then fails.
  std::atomic<const void*> body_{nullptr};
  std::atomic<Call> call_{nullptr};
  std::atomic<uint32_t> chunks_{0};
  std::atomic<bool> stop_{false};
  std::atomic<uint32_t> loop_{0};      // the number of the loop that was begun last
  std::atomic<uint32_t> finished_{0};  // and of the one that was finished last
  std::vector<std::thread> workers_;
};

}  // namespace goldcrest::base
