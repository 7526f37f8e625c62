// The page that `demo` leaves behind.
#pragma once

#include <string>

#include "pipeline/demo.h"

namespace goldcrest::report {

// The story step by step: the commands, what came of them, pictures, curves and tables.
std::string DemoPage(const pipeline::DemoOptions& options, const pipeline::DemoReport& report);

}  // namespace goldcrest::report
