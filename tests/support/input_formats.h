// Every kind of input that a stranger may send, a row each: the fuzz targets and the hostile files
// are made of this table.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace goldcrest::testing {

struct InputFormat {
  std::string_view name;
  std::string_view extension;  // of files of it in the reference data; empty where there are none
  std::vector<std::string> (*small_files)();  // valid ones
  // The first check of the kind of file; null where there is none.
  bool (*sniff)(std::span<const std::byte> file);
  // Reads all of it, and does with the result what its users do. What a reader takes for valid must
  // be: else the program ends.
  Status (*read)(std::string_view file);
  // How many bytes the valid file may lack at its end and still be read.
  size_t (*spare)(std::string_view file);
  bool slow = false;  // each file is read in a child process
};

std::span<const InputFormat> InputFormats();

}  // namespace goldcrest::testing
