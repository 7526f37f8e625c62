// Pictures to learn from, pictures to judge by, and pictures to test with in the end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "data/data_set.h"

namespace goldcrest::pipeline {

struct TrainingSet {
  std::unique_ptr<const data::DataSet> pictures;
  std::vector<data::ContentHash> hashes;  // of all of them; of those that cannot be opened, none
};

// A picture of a set, and the class of the model. There may be many: few bytes.
struct TrainingSample {
  const TrainingSet* set = nullptr;
  int32_t index = 0;
  int32_t label = 0;

  std::string name() const { return set->pictures->name(index); }
  const data::ContentHash& hash() const { return set->hashes[static_cast<size_t>(index)]; }
};

struct TrainingData {
  std::vector<std::unique_ptr<TrainingSet>> sets;
  std::vector<std::string> classes;  // of the data, in the order of the model's
  std::vector<TrainingSample> training, validation, test;
  std::string description;  // in words
  std::vector<std::string> notes, warnings;
  std::vector<std::string> unreadable;  // files that cannot be opened

  // For who trains on pictures, and needs no more to tell contents apart.
  void ForgetHashes();
};

struct TrainingDataOptions {
  std::string data;
  std::string validation;         // empty: a part of `data`
  double validation_share = 0.2;  // of each class of `data`, where `validation` is empty
  std::string test;               // that decide nothing; empty: a part of `data`
  double test_share = 0;          // of each class of `data`, where `test` is empty
  uint64_t seed = 0;
  data::FetchOptions fetch;  // of URLs in lists
};

// The options with `data`, `validation` and `test` as they are meant: see OpenTrainingData.
TrainingDataOptions ResolveFolders(TrainingDataOptions options);

// `data` is whatever data::Open takes and has classes; a folder that holds the folders "train" and
// "validation" (or "val", "valid") is both, and a folder "test" is for the test, or, where there is
// no other, for validation. A picture of the test data that is among the others too is left out of
// these, and one of the validation data of the training data. An error where there are no two
// classes, or a class of the validation or test data is not known.
Result<TrainingData> OpenTrainingData(const TrainingDataOptions& options, base::ThreadPool& pool);

}  // namespace goldcrest::pipeline
