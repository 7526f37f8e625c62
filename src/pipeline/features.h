// What a frozen base makes of pictures.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "augment/policy.h"
#include "base/scratch_file.h"
#include "graph/graph.h"
#include "pipeline/training_data.h"

namespace goldcrest::pipeline {

struct FeatureOptions {
  std::string cache_folder;  // empty: no cache
  int threads = 1;
  augment::Policy augmentation;  // without mixup
  int64_t variants = 1;          // of each picture, changed by the augmentation, each differently
  uint64_t seed = 0;             // of the augmentation
  decode::Precision precision = decode::Precision::kExact;
};

// They are in a file without a name: memory does not grow with them, but for some bytes of each
// picture.
struct Features {
  int64_t width = 0;                    // numbers of a picture
  int64_t variants = 1;                 // rows of a picture, one behind the other
  base::ScratchFile rows;               // of floats
  std::vector<int32_t> places;          // in that file, of the pictures that can be read
  std::vector<int32_t> labels;          // of the same
  std::vector<std::string> unreadable;  // pictures that have none
  int64_t computed = 0;                 // rows; the others came from the cache
  int64_t pictures_computed = 0;        // those of which there are such rows
  std::optional<Error> not_kept;        // why they are not in the cache

  Status Read(int64_t picture, int64_t variant, std::span<float> row) const;
};

// Runs `base` on every picture, by its input contract. What has been computed of the same base, the
// same contract, augmentation, precision and picture is taken from the cache, to which the rest is
// added. `progress` is told the share that is done. Where a signal asks for the end, what has been
// computed so far is kept in the cache, and the error is kInterrupted.
Result<Features> ComputeFeatures(const graph::Graph& base, std::span<const TrainingSample> samples,
                                 const FeatureOptions& options,
                                 const std::function<void(double share)>& progress);

}  // namespace goldcrest::pipeline
