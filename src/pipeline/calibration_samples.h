// A data set as samples to calibrate on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "data/input_reader.h"
#include "quantize/samples.h"

namespace goldcrest::pipeline {

class CalibrationSamples final : public quantize::Samples {
 public:
  struct Options {
    std::string path;          // whatever data::Open takes
    int64_t limit = 0;         // samples at most; 0: all
    data::FetchOptions fetch;  // of URLs in lists
    tensor::Shape shape;       // of the model's input, batch 1
    std::optional<tensor::InputContract> contract;
  };

  // Reads every sample once. An error where none can be read, or where they are pictures and there
  // is no contract.
  static Result<std::unique_ptr<CalibrationSamples>> Open(const Options& options,
                                                          base::ThreadPool& pool,
                                                          const quantize::Progress& progress);

  int64_t count() const override { return std::ssize(indices_); }
  Status Read(int64_t index, tensor::MutableTensorView input) const override;
  int64_t label(int64_t index) const override;

  int64_t index_in_set(int64_t index) const { return indices_[static_cast<size_t>(index)]; }
  int64_t set_size() const { return set_->size(); }
  const std::string& description() const { return set_->description(); }
  const std::vector<std::string>& notes() const { return set_->notes(); }
  // Samples that could not be read, each with the reason.
  const std::vector<std::string>& unreadable() const { return unreadable_; }

 private:
  CalibrationSamples() = default;
  Status ReadFresh(int64_t index_in_set, tensor::MutableTensorView input) const;

  Options options_;
  std::unique_ptr<const data::DataSet> set_;
  std::vector<int64_t> indices_;      // in the set, of those that can be read
  std::vector<tensor::Tensor> kept_;  // the first of them, as many as may be kept in memory
  std::vector<std::string> unreadable_;
};

}  // namespace goldcrest::pipeline
