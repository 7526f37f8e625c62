// A small SavedModel, made of its messages, and LevelDB's table.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tensorflow/tensorflow.h"

namespace goldcrest::testing {

// LevelDB's table, in blocks of so many entries.
std::string SortedTable(const std::map<std::string, std::string>& entries, size_t in_block = 2);

// The files of a SavedModel, joined to one: the lengths of the first two in front.
struct SavedModelParts {
  std::string saved_model, index, shard;
};
SavedModelParts SmallSavedModel();
std::string JoinParts(const SavedModelParts& parts);
Result<graph::Graph> ReadSavedModelParts(const SavedModelParts& parts,
                                         const formats::tensorflow::ImportOptions& options = {});
Result<graph::Graph> ReadJoinedSavedModel(std::string_view file);
std::vector<std::string> SmallSavedModels();

}  // namespace goldcrest::testing
