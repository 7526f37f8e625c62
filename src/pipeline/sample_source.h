// Pictures as batches, read when they are asked for.
#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "pipeline/sample_reader.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

// The samples and the pool outlive the source.
class SampleSource final : public train::BatchSource {
 public:
  SampleSource(std::span<const TrainingSample> samples, const data::InputDescription& input,
               tensor::Shape shape, base::ThreadPool& pool)
      : samples_(samples),
        shape_(std::move(shape)),
        pool_(pool),
        readers_(static_cast<size_t>(pool.threads()), SampleReader(input)) {}

  int64_t size() const override { return std::ssize(samples_); }
  Status Fill(std::span<const int64_t> samples, int64_t epoch, std::span<float> inputs,
              std::span<train::Target> targets) override;

 private:
  std::span<const TrainingSample> samples_;
  tensor::Shape shape_;  // of one picture, its batch being 1
  base::ThreadPool& pool_;
  std::vector<SampleReader> readers_;  // by lane
};

}  // namespace goldcrest::pipeline
