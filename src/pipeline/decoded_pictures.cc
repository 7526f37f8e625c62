#include "pipeline/decoded_pictures.h"

#include <array>

#include "pipeline/input_maker.h"

namespace goldcrest::pipeline {
DecodedPictures::DecodedPictures(std::span<const TrainingSample> samples,
                                 const tensor::InputContract& contract, decode::Precision precision,
                                 int64_t most_pixels, uint64_t cache_bytes)
    : samples_(samples),
      width_(contract.width),
      height_(contract.height),
      input_{.contract = BytesOf(contract), .most_pixels = most_pixels, .precision = precision},
      states_(samples.size()) {
  const uint64_t all = samples.size() * picture_bytes();
  if (all > cache_bytes) return;
  // Without it every epoch decodes, and gives the same.
  if (auto file = base::ScratchFile::Create(all)) cache_.emplace(*std::move(file));
}

Status DecodedPictures::ReadOne(int64_t i, SampleReader& reader, image::Picture& picture) {
  const auto at = static_cast<size_t>(i);
  picture.width = width_;
  picture.height = height_;
  picture.rgb.resize(picture_bytes());
  const auto bytes = std::as_writable_bytes(std::span(picture.rgb));
  const uint64_t offset = at * picture_bytes();
  if (states_[at].load(std::memory_order_acquire) == State::kCached &&
      cache_->Read(offset, bytes)) {
    return {};
  }
  const std::array<int64_t, 4> shape = {1, height_, width_, 3};
  GOLDCREST_RETURN_IF_ERROR(reader.Read(samples_[at], {tensor::DType::kUInt8, shape, bytes}));
  // Two threads may do so at once: the bytes are the same.
  if (cache_ && cache_->Write(offset, bytes)) {
    states_[at].store(State::kCached, std::memory_order_release);
  }
  return {};
}

Status DecodedPictures::Read(int64_t i, SampleReader& reader, image::Picture& picture) {
  const auto count = std::ssize(samples_);
  const TrainingSample& wanted = samples_[static_cast<size_t>(i)];
  for (int64_t k = 0; k < count; ++k) {
    const auto at = static_cast<size_t>((i + k) % count);
    if (samples_[at].label != wanted.label || states_[at] == State::kUnreadable) continue;
    const Status read = ReadOne(static_cast<int64_t>(at), reader, picture);
    if (read) return {};
    const std::lock_guard lock(mutex_);
    errors_.emplace(static_cast<int64_t>(at), read.error().ToString());
    states_[at] = State::kUnreadable;
  }
  const std::lock_guard lock(mutex_);
  return Fail(ErrorCode::kInvalid, "no picture of the class of ", wanted.name(),
              " can be read: ", errors_.at(i));
}

std::vector<std::string> DecodedPictures::unreadable() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> errors;
  errors.reserve(errors_.size());
  for (const auto& [sample, error] : errors_) errors.push_back(error);
  return errors;
}

}  // namespace goldcrest::pipeline
