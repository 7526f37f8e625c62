// Data sets of picture files.
#pragma once

#include <memory>

#include "data/data_set.h"

namespace goldcrest::data {

// Samples that are files, by their names.
class PictureFiles : public DataSet {
 public:
  decode::Rows OpenRows(int64_t i, const tensor::InputContract& contract, int64_t most_pixels,
                        decode::Precision precision) const override;
  Result<ContentHash> Hash(int64_t i) const override;
  std::string FileOf(int64_t i) const override { return name(i); }
};

// The pictures of a folder, in the order of their names: with the name of the sub-folder that each
// lies in (or below) for its label where none lies in the folder itself, else without labels.
Result<std::unique_ptr<DataSet>> OpenFolder(const std::string& folder);

// A single picture.
Result<std::unique_ptr<DataSet>> OpenPictureFile(const std::string& path);

}  // namespace goldcrest::data
