// Data sets: an ordered list of samples, whose contents are read one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/content_hash.h"
#include "data/fetched_files.h"
#include "data/name_list.h"
#include "decode/decode.h"
#include "tensor/input_contract.h"
#include "tensor/tensor.h"

namespace goldcrest::data {

// Sets of more are refused: a small file may claim many samples, and each takes memory.
inline constexpr int64_t kMostSamples = int64_t{1} << 23;

struct PictureSize {
  int64_t width = 0, height = 0;  // pixels
};

// Contents may be read from several threads at once.
class DataSet {
 public:
  DataSet() = default;
  DataSet(const DataSet&) = delete;
  DataSet& operator=(const DataSet&) = delete;
  virtual ~DataSet() = default;

  int64_t size() const { return std::ssize(labels_); }  // 1 or more
  // Of sample i a file's path, or "data_batch_1.bin[17]".
  std::string name(int64_t i) const { return names_[static_cast<size_t>(i)]; }
  // Of sample i an index into the classes; -1: the set has no labels.
  int64_t label(int64_t i) const { return labels_[static_cast<size_t>(i)]; }
  // What the labels are called in the data, rising (as numbers where all are); empty where the set
  // has no labels.
  const std::vector<std::string>& classes() const { return classes_; }
  // Folders beside those of the classes that hold no picture, by path, rising.
  const std::vector<std::string>& empty_classes() const { return empty_classes_; }
  // The data itself numbers the classes so, from 0: CIFAR-10.
  bool numbered() const { return numbered_; }
  // In words: "500 pictures in 10 class folders".
  const std::string& description() const { return description_; }
  // What the user should know of how the set was understood.
  const std::vector<std::string>& notes() const { return notes_; }

  // The rows of sample i, a picture, decoded for the contract and no larger than `most_pixels`.
  // Errors name the sample.
  virtual decode::Rows OpenRows(int64_t i, const tensor::InputContract& contract,
                                int64_t most_pixels, decode::Precision precision) const = 0;
  // Sample i as its array has it, where the set is one; its bytes may lie at any address, and live
  // as long as the set does.
  virtual std::optional<tensor::TensorView> Array(int64_t) const { return std::nullopt; }
  // The same for samples of the same bytes, and for no others; it reads the whole sample.
  virtual Result<ContentHash> Hash(int64_t i) const = 0;
  // The file that is sample i and nothing else; empty where there is none.
  virtual std::string FileOf(int64_t) const { return ""; }
  // Where pictures come from memory, all of one size.
  virtual std::optional<PictureSize> fixed_size() const { return std::nullopt; }

  // Keeps `count` samples: the first, or, of folders, such as lie evenly apart, so that every class
  // has its share.
  void Limit(int64_t count);

 protected:
  void Add(std::string_view name, int64_t label = -1);
  // One label a sample, in words, "" being none. Either all samples have one or none has: an error
  // names the first that lacks it.
  Status SetLabels(const std::vector<std::string>& labels);

  std::vector<std::string> classes_, empty_classes_;
  std::string description_;
  std::vector<std::string> notes_;
  bool numbered_ = false;
  bool evenly_ = false;  // how Limit chooses

 private:
  // Some bytes a sample, of which there may be many.
  NameList names_;
  std::vector<int32_t> labels_;
};

struct OpenOptions {
  int64_t limit = 0;   // 0: all samples
  FetchOptions fetch;  // of the URLs of a list
};

// Opens what `path` names:
// - a folder: its sub-folders are the classes where all pictures lie in sub-folders; else the
//   pictures in it and below, without labels (folder.h);
// - a list, one path or URL a line, with a label where there is one (list_file.h);
// - a file of CIFAR-10 (.bin), with the names beside it (cifar10.h);
// - an array (.npy, .npz) of pictures or of tensors (arrays.h);
// - one picture.
// Errors name the path; a set without samples is one.
Result<std::unique_ptr<const DataSet>> Open(const std::string& path,
                                            const OpenOptions& options = {});

}  // namespace goldcrest::data
