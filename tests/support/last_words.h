// What a program says when it dies.
#pragma once

#include <cstdint>
#include <string_view>

namespace goldcrest::testing {

// Printed on standard error if the program ends by a signal or a sanitizer's report.
void SetLastWords(std::string_view words);

// How many child processes ended by a sanitizer's report, or a signal, that is not the HDF5
// library's own; what they said nobody hears.
int64_t ReportsOfChildren();

}  // namespace goldcrest::testing
