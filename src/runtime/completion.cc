#include "runtime/completion.h"

#include "base/spin.h"

namespace goldcrest::runtime {

void Completion::Begin() noexcept {
  ++round_;
  done_.store(0, std::memory_order_relaxed);
}

void Completion::Wait(uint32_t count) noexcept {
  uint32_t done = done_.load(std::memory_order_acquire);
  if (done >= count) return;
  base::Spin([&] { return (done = done_.load(std::memory_order_acquire)) >= count; });
  while (done < count) {
    done_.wait(done, std::memory_order_acquire);
    done = done_.load(std::memory_order_acquire);
  }
}

// Each thread marks its item and then moves the mark of all as far as it can. In one order for all
// threads (seq_cst) one of two neighbours sees that both are done.
void Completion::Finish(uint32_t item) noexcept {
  done_in_[item].store(round_, std::memory_order_seq_cst);
  uint32_t done = done_.load(std::memory_order_seq_cst);
  bool moved = false;
  while (done < done_in_.size() && done_in_[done].load(std::memory_order_seq_cst) == round_) {
    if (done_.compare_exchange_weak(done, done + 1, std::memory_order_seq_cst)) {
      ++done;
      moved = true;
    }
  }
  if (moved) done_.notify_all();
}

}  // namespace goldcrest::runtime
