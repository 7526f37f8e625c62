// Memory for the elements of values, taken and given back all the time.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "base/aligned_buffer.h"

namespace goldcrest::quantize {

// Pages that the system gives anew for each value cost more than what is computed in them: here
// they are kept until the end. For one thread at a time.
class FloatBuffers {
 public:
  // Aligned as kernels want it; holds whatever it held before. Throws std::bad_alloc, as the
  // containers do.
  std::span<float> Take(size_t count);
  // What was taken, here or from buffers that live as long.
  void Give(std::span<float> elements);

 private:
  using Ranges = std::map<std::byte*, size_t>;  // where each begins, and its bytes
  Ranges::iterator Grow(size_t bytes);

  std::vector<base::AlignedBuffer> blocks_;
  size_t bytes_ = 0;  // of all blocks
  Ranges spare_;      // no two adjoin
};

}  // namespace goldcrest::quantize
