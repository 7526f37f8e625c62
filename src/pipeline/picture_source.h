// Batches of pictures, decoded and changed by threads of their own, ahead of who learns from them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "augment/policy.h"
#include "pipeline/decoded_pictures.h"
#include "pipeline/training_data.h"
#include "train/fit.h"

namespace goldcrest::pipeline {

struct PictureSourceOptions {
  tensor::InputContract contract;  // of the network's input, which is of floats
  augment::Policy augmentation;
  uint64_t seed = 0;  // of the augmentation
  int threads = 1;    // that decode
  decode::Precision precision = decode::Precision::kExact;
  int64_t most_pixels = decode::Options().most_pixels;
  // Inputs that wait for their batch; at least two, and no more than some dozens.
  uint64_t ahead_bytes = uint64_t{32} << 20;
  // What all decoded pictures may take on the disk, so that later epochs need not decode; where
  // they take more, none is kept.
  uint64_t cache_bytes = uint64_t{1} << 30;
};

// An input depends on seed, epoch and sample only, not on threads, order or caches. Memory does not
// grow with the number of samples, but for some bytes of each. Batches may be asked for in any
// order; those of the order that Prepare was told are ready sooner. A picture that cannot be read
// is told in unreadable(), and another of its class takes its place.
class PictureSource final : public train::BatchSource {
 public:
  // The samples and their sets outlive it. An error where the contract is of another type.
  static Result<std::unique_ptr<PictureSource>> Create(std::span<const TrainingSample> samples,
                                                       const PictureSourceOptions& options);
  PictureSource(const PictureSource&) = delete;
  PictureSource& operator=(const PictureSource&) = delete;
  ~PictureSource() override;

  int64_t size() const override { return std::ssize(samples_); }
  void Prepare(std::span<const int64_t> order, int64_t epoch) override;
  Status Fill(std::span<const int64_t> samples, int64_t epoch, std::span<float> inputs,
              std::span<train::Target> targets) override;

  // Of the pictures that were asked for so far, those that cannot be read, each once, in order.
  std::vector<std::string> unreadable() const { return pictures_.unreadable(); }

 private:
  class Maker;  // of inputs; one a thread
  struct Slot {
    std::vector<float> input;
    train::Target target;
    Status status;
    bool ready = false;
  };

  PictureSource(std::span<const TrainingSample> samples, const PictureSourceOptions& options);
  Slot& SlotOf(size_t position) { return slots_[position % slots_.size()]; }
  void Work(Maker& maker);
  Status TakeNext(std::span<float> input, train::Target& target);

  const std::span<const TrainingSample> samples_;
  const PictureSourceOptions options_;
  const size_t elements_;  // of an input
  DecodedPictures pictures_;
  std::vector<std::unique_ptr<Maker>> makers_;  // the first is the caller's
  std::vector<std::thread> threads_;

  std::mutex mutex_;  // of all below, but for the contents of a slot that is being made or taken
  std::condition_variable work_, made_;
  std::vector<int32_t> order_;
  int64_t epoch_ = 0;
  size_t next_ = 0;   // position in the order that is made next
  size_t taken_ = 0;  // and taken next
  int busy_ = 0;      // threads that are making an input
  bool stop_ = false;
  std::vector<Slot> slots_;  // by position
};

}  // namespace goldcrest::pipeline
