#include "base/thread_pool.h"

namespace goldcrest::base {

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { Work(); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::Claim() {
  for (;;) {
    int64_t chunk = next_.fetch_add(1, std::memory_order_relaxed);
    if (chunk >= chunks_) return;
    call_(body_, chunk);
  }
}

void ThreadPool::Run(int64_t chunks, const void* body, Call call) {
  if (workers_.empty() || chunks <= 1) {
    for (int64_t chunk = 0; chunk < chunks; ++chunk) call(body, chunk);
    return;
  }
  {
    std::unique_lock lock(mutex_);
    // A worker that woke late for the last loop must leave it before its fields change.
    done_.wait(lock, [this] { return busy_ == 0; });
    body_ = body;
    call_ = call;
    chunks_ = chunks;
    next_.store(0, std::memory_order_relaxed);
    ++loop_;
  }
  wake_.notify_all();
  Claim();
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
}

void ThreadPool::Work() {
  uint64_t joined = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stop_ || loop_ != joined; });
    if (stop_) return;
    joined = loop_;
    ++busy_;
    lock.unlock();
    Claim();
    lock.lock();
    if (--busy_ == 0) done_.notify_all();
  }
}

}  // namespace goldcrest::base
