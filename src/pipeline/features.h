// What a frozen base makes of pictures.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "pipeline/training_data.h"

namespace goldcrest::pipeline {

struct Features {
  int64_t width = 0;                    // numbers of a picture
  std::vector<float> rows;              // [pictures, width]
  std::vector<int64_t> labels;          // of the rows
  std::vector<std::string> unreadable;  // pictures that have none
  int64_t computed = 0;                 // the others came from the cache
};

struct FeatureOptions {
  std::string cache_folder;  // empty: no cache
  int threads = 1;
};

// Runs `base` on every picture, by its input contract. What has been computed of the same base, the
// same contract and the same picture is taken from the cache, to which the rest is added.
// `progress` is told the share that is done.
Result<Features> ComputeFeatures(const graph::Graph& base, std::span<const TrainingSample> samples,
                                 const FeatureOptions& options,
                                 const std::function<void(double share)>& progress);

}  // namespace goldcrest::pipeline
