// LevelDB's file of sorted keys and their values, in which a checkpoint keeps its index: blocks of
// entries whose keys are stored as what they add to the one before, and an index of the blocks.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "base/result.h"

namespace goldcrest::formats::tensorflow {

// All entries, their values as views of the file. Checksums are compared, keys must rise; blocks
// that are compressed are an error (TensorFlow writes none).
Result<std::map<std::string, std::span<const std::byte>, std::less<>>> ReadSortedTable(
    std::span<const std::byte> file);

}  // namespace goldcrest::formats::tensorflow
