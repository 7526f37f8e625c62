// Outputs of a frozen base by picture, in a mapped file.
//
// The file is "GCFEATR1", the key's two words, the width as a word, then for each picture its
// hash's two words and `width` floats, all of little-endian machines.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "data/content_hash.h"

namespace goldcrest::train {

class FeatureCache {
 public:
  // Makes the folder where it is missing; an error where no file can be written in it.
  static Status MakeFolder(const std::string& folder);

  // The features of the base of that key in the folder, which is made. A file that is damaged
  // counts as empty.
  static Result<FeatureCache> Open(const std::string& folder, const data::ContentHash& key,
                                   int64_t width);

  // False where the picture has none. Memory does not grow with what is read.
  bool Read(const data::ContentHash& picture, std::span<float> features);

  // Writes a file of the rows that there were and those of these pictures, and lets it take the old
  // one's place. `read` fills in the row of the picture of that index.
  Status Save(std::span<const data::ContentHash> pictures,
              const std::function<Status(size_t index, std::span<float> features)>& read) const;

  const std::string& path() const { return path_; }

 private:
  struct Row {
    data::ContentHash picture;
    size_t at = 0;  // bytes from the beginning of the file
  };

  FeatureCache() = default;
  size_t RowBytes() const;
  void FindRows();

  std::string path_;
  data::ContentHash key_;
  size_t width_ = 0;
  std::shared_ptr<const base::MappedFile> file_;  // null: no rows
  std::vector<Row> rows_;                         // by picture
  size_t read_ = 0;                               // since memory was let go of
};

}  // namespace goldcrest::train
