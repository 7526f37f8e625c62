// CIFAR-10 in its binary version (A. Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html): a
// picture is a byte that is its class (0 to 9), then 1024 bytes of red, of green, of blue, rows of
// 32 from the top.
#pragma once

#include <memory>

#include "base/file.h"
#include "data/data_set.h"

namespace goldcrest::data {

// The classes have the names in batches.meta.txt (one a line) beside the file, else their numbers.
Result<std::unique_ptr<DataSet>> OpenCifar10(const std::string& path,
                                             std::shared_ptr<const base::MappedFile> file);

}  // namespace goldcrest::data
