// Rows of features as batches.
#pragma once

#include <algorithm>

#include "pipeline/features.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

class FeatureSource final : public train::BatchSource {
 public:
  explicit FeatureSource(Features features) : features_(std::move(features)) {}
  int64_t size() const override { return std::ssize(features_.labels); }
  Status Fill(std::span<const int64_t> samples, int64_t, std::span<float> inputs,
              std::span<train::Target> targets) override {
    const auto width = static_cast<size_t>(features_.width);
    for (size_t i = 0; i < samples.size(); ++i) {
      const auto at = static_cast<size_t>(samples[i]);
      std::ranges::copy(std::span(features_.rows).subspan(at * width, width),
                        inputs.begin() + static_cast<ptrdiff_t>(i * width));
      targets[i] = {.label = features_.labels[at]};
    }
    return {};
  }

 private:
  Features features_;
};

}  // namespace goldcrest::pipeline
