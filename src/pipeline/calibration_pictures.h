// Pictures as samples to calibrate on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "quantize/samples.h"
#include "tensor/input_contract.h"

namespace goldcrest::pipeline {

class CalibrationPictures final : public quantize::Samples {
 public:
  // Reads every picture of a folder, or of a list (a text file with one path a line, relative to
  // the list's own folder), by the input contract. An error where none can be read.
  static Result<std::unique_ptr<CalibrationPictures>> Open(const std::string& path,
                                                           const tensor::InputContract& contract,
                                                           base::ThreadPool& pool,
                                                           const quantize::Progress& progress);

  int64_t count() const override { return std::ssize(paths_); }
  Status Read(int64_t index, tensor::MutableTensorView input) const override;

  // Pictures that could not be read, each with the reason.
  const std::vector<std::string>& unreadable() const { return unreadable_; }

 private:
  CalibrationPictures() = default;
  Result<tensor::Tensor> ReadFile(const std::string& path) const;

  tensor::InputContract contract_;
  std::vector<std::string> paths_;
  std::vector<tensor::Tensor> kept_;  // the first pictures, as many as may be kept in memory
  std::vector<std::string> unreadable_;
};

}  // namespace goldcrest::pipeline
