// Runs the program itself, and others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace goldcrest::testing {

struct Ran {
  int exit_code;  // 128 + the signal that ended it
  std::string out;
  std::string err;
};

// A command of the system, or a program by its path.
Ran RunCommand(const std::vector<std::string>& command);

// The goldcrest program with these arguments.
Ran RunProgram(const std::vector<std::string>& arguments);

// The same, and the most memory that it had in use at a time, as far as looking at it time and
// again can tell: what is used for less than a millisecond at the very end may be missed.
Ran RunProgramWatched(const std::vector<std::string>& arguments, int64_t& peak_bytes);

// The same, sent the signal as soon as `when` holds.
Ran RunProgramInterrupted(const std::vector<std::string>& arguments, int signal,
                          const std::function<bool()>& when);

}  // namespace goldcrest::testing
