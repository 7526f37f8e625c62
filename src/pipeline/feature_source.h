// Rows of features as batches.
#pragma once

#include "base/random.h"
#include "pipeline/features.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

// Where a picture has several variants, epochs take them in turn, each picture from another on.
class FeatureSource final : public train::BatchSource {
 public:
  explicit FeatureSource(Features features) : features_(std::move(features)) {}
  int64_t size() const override { return std::ssize(features_.labels); }
  Status Fill(std::span<const int64_t> samples, int64_t epoch, std::span<float> inputs,
              std::span<train::Target> targets) override {
    const auto width = static_cast<size_t>(features_.width);
    for (size_t i = 0; i < samples.size(); ++i) {
      const uint64_t turn = base::Mixed(0, static_cast<uint64_t>(samples[i])) >> 1;
      const uint64_t variant =
          (turn + static_cast<uint64_t>(epoch)) % static_cast<uint64_t>(features_.variants);
      GOLDCREST_RETURN_IF_ERROR(features_.Read(samples[i], static_cast<int64_t>(variant),
                                               inputs.subspan(i * width, width)));
      targets[i] = {.label = features_.labels[static_cast<size_t>(samples[i])]};
    }
    return {};
  }

 private:
  Features features_;
};

}  // namespace goldcrest::pipeline
