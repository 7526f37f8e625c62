#include "pipeline/calibration_samples.h"

#include <algorithm>

namespace goldcrest::pipeline {
namespace {

// Input tensors that are kept, so that a sample is decoded once; the rest is read time and again.
constexpr size_t kMostKeptBytes = size_t{96} << 20;

}  // namespace

Status CalibrationSamples::ReadFresh(int64_t index_in_set, tensor::MutableTensorView input) const {
  GOLDCREST_TRY(auto reader, data::InputReader::Create(*set_, {.contract = options_.contract}));
  return reader.Read(index_in_set, input);
}

Result<std::unique_ptr<CalibrationSamples>> CalibrationSamples::Open(
    const Options& options, base::ThreadPool& pool, const quantize::Progress& progress) {
  std::unique_ptr<CalibrationSamples> samples(new CalibrationSamples());
  samples->options_ = options;
  GOLDCREST_TRY(samples->set_,
                data::Open(options.path, {.limit = options.limit, .fetch = options.fetch}));
  const data::DataSet& set = *samples->set_;
  // What is wrong with all of them is said once.
  GOLDCREST_TRY(auto reader, data::InputReader::Create(set, {.contract = options.contract}));
  static_cast<void>(reader);
  size_t bytes = 0;
  const int64_t step = pool.threads();
  for (int64_t first = 0; first < set.size(); first += step) {
    progress(static_cast<double>(first) / static_cast<double>(set.size()), "reading samples");
    const auto count = static_cast<size_t>(std::min(step, set.size() - first));
    std::vector<tensor::Tensor> tensors(count);
    for (tensor::Tensor& tensor : tensors) {
      GOLDCREST_TRY(tensor, tensor::Tensor::Create(tensor::DType::kFloat32, options.shape));
    }
    std::vector<Status> statuses(count);
    pool.ForEach(static_cast<int64_t>(count), [&](int64_t i) noexcept {
      const auto at = static_cast<size_t>(i);
      statuses[at] = samples->ReadFresh(first + i, tensors[at].mutable_view());
    });
    for (size_t i = 0; i < count; ++i) {
      if (!statuses[i]) {
        samples->unreadable_.push_back(statuses[i].error().ToString());
        continue;
      }
      const bool all_kept = samples->kept_.size() == samples->indices_.size();
      samples->indices_.push_back(first + static_cast<int64_t>(i));
      bytes += tensors[i].view().bytes.size();
      if (all_kept && bytes <= kMostKeptBytes) samples->kept_.push_back(std::move(tensors[i]));
    }
  }
  if (!samples->indices_.empty()) return samples;
  return Fail(ErrorCode::kInvalid, "none of the ", set.size(), " samples of ", options.path,
              " can be read; the first: ", samples->unreadable_.front());
}

Status CalibrationSamples::Read(int64_t index, tensor::MutableTensorView input) const {
  const auto at = static_cast<size_t>(index);
  if (at >= kept_.size()) return ReadFresh(indices_[at], input);
  std::ranges::copy(kept_[at].view().bytes, input.bytes.begin());
  return {};
}

int64_t CalibrationSamples::label(int64_t index) const {
  // One class in all of the data says nothing of the model's.
  if (set_->classes().empty()) return -1;
  return set_->label(indices_[static_cast<size_t>(index)]);
}

}  // namespace goldcrest::pipeline
