// How often the program has allocated memory.
#pragma once

#include <cstdint>

namespace goldcrest::testing {

int64_t AllocationCount();

}  // namespace goldcrest::testing
