// Outputs of a frozen base by picture, in a mapped file.
//
// The file is "GCFEATR1", the key's two words, the width as a word, then for each picture its
// hash's two words and `width` floats, all of little-endian machines.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "data/content_hash.h"

namespace goldcrest::train {

class FeatureCache {
 public:
  // The features of the base of that key in the folder, which is made where it is missing. A file
  // that is damaged counts as empty.
  static Result<FeatureCache> Open(const std::string& folder, const data::ContentHash& key,
                                   int64_t width);

  std::optional<std::span<const float>> Find(const data::ContentHash& picture) const;
  void Add(const data::ContentHash& picture, std::span<const float> features);
  // Writes what was added, the old rows before it, and takes the old file's place.
  Status Save();

  const std::string& path() const { return path_; }

 private:
  FeatureCache() = default;
  void ReadRows();

  std::string path_;
  data::ContentHash key_;
  size_t width_ = 0;
  std::shared_ptr<const base::MappedFile> file_;
  std::map<data::ContentHash, const float*> rows_;  // in the file
  std::vector<std::pair<data::ContentHash, std::vector<float>>> added_;
};

}  // namespace goldcrest::train
