// Which items of a list are done, for threads that take them in order and may not go on before all
// up to one are.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace goldcrest::runtime {

class Completion {
 public:
  explicit Completion(size_t items) : done_in_(items) {}

  // Nothing is done. By one thread, while no other uses it.
  void Begin() noexcept;
  // Returns when the items [0, count) are done. Spins before it sleeps.
  void Wait(uint32_t count) noexcept;
  // All that was written before is seen by those whose Wait counts this item.
  void Finish(uint32_t item) noexcept;

 private:
  std::vector<std::atomic<uint32_t>> done_in_;  // the round in which each was done last
  uint32_t round_ = 0;
  alignas(64) std::atomic<uint32_t> done_{0};  // these first items are done
};

}  // namespace goldcrest::runtime
