#include "pipeline/sample_source.h"

namespace goldcrest::pipeline {

Status SampleSource::Fill(std::span<const int64_t> samples, int64_t, std::span<float> inputs,
                          std::span<train::Target> targets) {
  const auto per_picture = static_cast<size_t>(*tensor::ElementCount(shape_));
  std::vector<Status> statuses(readers_.size());
  pool_.ForEach(std::ssize(readers_), [&](int64_t lane) noexcept {
    const auto at = static_cast<size_t>(lane);
    for (size_t i = at; i < samples.size() && statuses[at]; i += readers_.size()) {
      const std::span<float> to = inputs.subspan(i * per_picture, per_picture);
      statuses[at] =
          readers_[at].Read(samples_[static_cast<size_t>(samples[i])],
                            {tensor::DType::kFloat32, shape_, std::as_writable_bytes(to)});
    }
  });
  for (const Status& read : statuses) GOLDCREST_RETURN_IF_ERROR(read);
  for (size_t i = 0; i < samples.size(); ++i) {
    targets[i] = {.label = samples_[static_cast<size_t>(samples[i])].label};
  }
  return {};
}

}  // namespace goldcrest::pipeline
