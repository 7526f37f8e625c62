// Which steps of a plan are mixed chunk by chunk, and why not more of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/band.h"

namespace goldcrest::pipeline {

// Some steps in a row that are a band, or one that makes a large value.
struct ExplainedBand {
  size_t first = 0, last = 0;  // steps, [first, last)
  std::vector<size_t> line_buffer_bytes;
  int64_t makes_bytes = 0;   // the last step
  std::string ends_because;  // empty where it is the model's end
};

// In order; single steps whose values are small are left out.
std::vector<ExplainedBand> ExplainBands(std::span<const runtime::BandStep> steps,
                                        std::span<const runtime::Band> bands);

}  // namespace goldcrest::pipeline
