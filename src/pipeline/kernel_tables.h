// The tables of kernels that steps are chosen from, by the names of their rows.
#pragma once

#include <string_view>
#include <vector>

#include "base/cpu_features.h"

namespace goldcrest::pipeline {

struct KernelRow {
  std::string_view name;
  base::Isa isa;
};

// All rows of the table that has one of that name, in order of priority; none where no table has.
std::vector<KernelRow> KernelTableWith(std::string_view name);

}  // namespace goldcrest::pipeline
