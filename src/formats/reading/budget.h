// What may be made of a file's constants, in bytes: copies, turned filters, results of arithmetic.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace goldcrest::formats::reading {

class Budget {
 public:
  explicit Budget(size_t file_bytes) { AddFile(file_bytes); }
  void AddFile(size_t bytes);
  Status Take(size_t bytes);

 private:
  size_t left_ = size_t{32} << 20;
};

}  // namespace goldcrest::formats::reading
