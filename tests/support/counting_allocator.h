// What the program allocates: with malloc, new and their kin, its libraries included.
#pragma once

#include <cstdint>

namespace goldcrest::testing {

int64_t AllocationCount();

// Bytes that are allocated now, and the most that were since the peak was reset.
int64_t LiveBytes();
int64_t PeakBytes();
void ResetPeak();

}  // namespace goldcrest::testing
