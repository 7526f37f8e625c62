// How fast pictures become inputs of a model: decoded, resized, normalised.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "data/fetched_files.h"
#include "decode/decode.h"

namespace goldcrest::pipeline {

struct PictureBenchmarkOptions {
  std::string model;
  std::string pictures;      // whatever data::Open takes
  data::FetchOptions fetch;  // of URLs in lists
  decode::Precision precision = decode::Precision::kExact;
  int threads = 1;
  double seconds = 1;  // to measure for, at least; never fewer than three rounds of all pictures
};

struct PictureBenchmark {
  std::string input_contract;
  int64_t pictures = 0, rounds = 0;
  double best_pictures_per_s = 0, median_pictures_per_s = 0;  // of the rounds
};

// Reads all pictures again and again; the first round, which finds files and memory that nobody
// has touched yet, does not count. An error where a picture cannot be read.
Result<PictureBenchmark> BenchmarkPictures(const PictureBenchmarkOptions& options,
                                           const std::function<void(double share)>& progress);

}  // namespace goldcrest::pipeline
