// Pictures as bytes of the network's size, decoded once where there is room for that.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/scratch_file.h"
#include "image/picture.h"
#include "pipeline/sample_reader.h"
#include "pipeline/training_data.h"

namespace goldcrest::pipeline {

class DecodedPictures {
 public:
  // What pictures go through before they are bytes is said by contract and precision; normalization
  // and type are not. Where all pictures fit into `cache_bytes`, they are kept in a file without a
  // name. The samples and their sets outlive it.
  DecodedPictures(std::span<const TrainingSample> samples, const tensor::InputContract& contract,
                  decode::Precision precision, int64_t most_pixels, uint64_t cache_bytes);

  // One a thread.
  SampleReader MakeReader() const { return SampleReader(input_); }

  // Sample i, RGB; where it cannot be read, the next sample of its class that can (after the last
  // comes the first), so that it does not depend on what was read before. An error where none can.
  // From any number of threads at once, each with a reader of its own.
  Status Read(int64_t i, SampleReader& reader, image::Picture& picture);

  // Of the pictures that were asked for so far, those that cannot be read, each once, in order.
  std::vector<std::string> unreadable() const;

 private:
  enum class State : uint8_t { kUnknown, kCached, kUnreadable };

  Status ReadOne(int64_t i, SampleReader& reader, image::Picture& picture);
  uint64_t picture_bytes() const { return static_cast<uint64_t>(width_ * height_ * 3); }

  std::span<const TrainingSample> samples_;
  int64_t width_;
  int64_t height_;
  data::InputDescription input_;
  std::optional<base::ScratchFile> cache_;
  std::vector<std::atomic<State>> states_;
  mutable std::mutex mutex_;
  std::map<int64_t, std::string> errors_;  // by sample
};

}  // namespace goldcrest::pipeline
