// Bands of steps for one thread.
//
// Where a value is too large for the second-level cache, the chunks of the steps that make and read
// it are mixed, so that it is read soon after it is made, and only the part that is still needed is
// kept, in a line buffer. When that is full, what the next chunk still reads is carried to its
// beginning. Several threads would wait for one another at each change of steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/backend.h"

namespace goldcrest::runtime {

// A value that is smaller is not worth the changes from step to step.
inline constexpr int64_t kLargeBytes = int64_t{1} << 20;
// What line buffers and constants of a band may take: half of a common second-level cache.
inline constexpr int64_t kBandBytes = int64_t{512} << 10;

// A step as bands see it.
struct BandStep {
  const Step* step = nullptr;
  bool follows = false;  // reads what the step before makes, which nobody else wants
  size_t chained = 0;    // the input that this is
  size_t constant_bytes = 0;
  int64_t elements = 0;  // of what it makes
  int64_t element_bytes = 0;

  bool makes_large() const { return elements * element_bytes >= kLargeBytes; }
};

struct BandItem {
  static constexpr int64_t kCarry = -1;
  size_t step;
  int64_t chunk;  // or kCarry: moves a part of the step's line buffer to its beginning
  // Where the beginning of what is read and made would be, in bytes from that of the line buffer
  // that holds a part of it. Of a carried part `input` is where it lies.
  int64_t input = 0, output = 0;
  int64_t bytes = 0;  // carried
};

struct Band {
  size_t first, last;                     // its steps are [first, last)
  std::vector<BandItem> items;            // empty: one step, whose chunks have any order
  std::vector<size_t> line_buffer_bytes;  // by step but the last
};

// Of all steps, in order: so that the fewest bytes of large values are kept whole.
std::vector<Band> CutIntoBands(std::span<const BandStep> steps);

}  // namespace goldcrest::runtime
