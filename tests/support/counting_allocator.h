// What the program allocates: with malloc, new and their kin, its libraries included; and what it
// does when there is none.
#pragma once

#include <cstdint>

namespace goldcrest::testing {

int64_t AllocationCount();

// Bytes that are allocated now, and the most that were since the peak was reset.
int64_t LiveBytes();
int64_t PeakBytes();
void ResetPeak();

#if !GOLDCREST_SANITIZED  // sanitizers have an allocator of their own
// As long as it lives, allocation succeeds so many more times, and then fails.
class FailingAllocations {
 public:
  explicit FailingAllocations(int64_t after);
  FailingAllocations(const FailingAllocations&) = delete;
  FailingAllocations& operator=(const FailingAllocations&) = delete;
  ~FailingAllocations();
};
#endif

}  // namespace goldcrest::testing
