// A pool that runs one loop at a time, in chunks claimed as they come: a thread that loses its core
// delays only the chunk it holds.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
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
  using Call = void (*)(const void* body, int64_t chunk) noexcept;
  void Run(int64_t chunks, const void* body, Call call);
  void Claim();
  void Work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  uint64_t loop_ = 0;  // which loop the workers should join; guarded by mutex_, like the next three
  int busy_ = 0;       // workers inside the loop
  bool stop_ = false;
  const void* body_ = nullptr;
  Call call_ = nullptr;
  int64_t chunks_ = 0;
  std::atomic<int64_t> next_{0};
  std::vector<std::thread> workers_;
};

}  // namespace goldcrest::base
