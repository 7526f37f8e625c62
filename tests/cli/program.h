// Runs the program itself.
#pragma once

#include <string>
#include <vector>

namespace goldcrest::testing {

struct Ran {
  int exit_code;
  std::string out;
  std::string err;
};

Ran RunProgram(const std::vector<std::string>& arguments);

}  // namespace goldcrest::testing
