// What the processor calls itself.
#pragma once

#include <string>

namespace goldcrest::pipeline {

// "AMD EPYC 9B45 128-Core Processor"; on ARM "implementer 0x41 part 0xd40"; where it does not say,
// "unknown".
std::string ProcessorName();

}  // namespace goldcrest::pipeline
