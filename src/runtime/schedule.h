// The order in which the chunks of a run are claimed, and what each waits for.
//
// Steps whose values are too large for the second-level cache are joined in bands: their chunks are
// mixed so that a value is read soon after it is made, and only the part of it that is still needed
// is kept, in a line buffer. Where that is full, what the next chunk still reads is carried to its
// beginning; a lap is what lies in it between two such moments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/backend.h"

namespace goldcrest::runtime {

// A step as the schedule sees it.
struct ScheduledStep {
  const Step* step = nullptr;
  bool follows = false;  // reads what the step before makes, which nobody else wants
  size_t constant_bytes = 0;
  int64_t elements = 0;  // of what it makes
  int64_t element_bytes = 0;
};

struct Item {
  enum class Kind : uint8_t {
    kChunk,  // of the first step or, where `work` counts less than all, of its preparation
    kSteps,  // all of the steps [first, last)
    kCarry,  // moves a part of the first step's line buffer
  };
  Kind kind;
  int32_t first_step, last_step;
  int32_t work;
  int64_t chunk;   // carried: bytes
  uint32_t after;  // the items [0, after) must be done before
  // Where the beginning of what is read and made would be, in bytes from that of the line buffer
  // that holds a part of it; carried: from and to.
  int64_t input = 0, output = 0;
};

// Steps [first, last): their values live at the same time.
struct Band {
  int32_t first, last;
};

struct Schedule {
  std::vector<Item> items;
  std::vector<Band> bands;                // of all steps, in order
  std::vector<size_t> line_buffer_bytes;  // by step; 0: what it makes is kept whole
};

Schedule MakeSchedule(std::span<const ScheduledStep> steps, int threads);

}  // namespace goldcrest::runtime
