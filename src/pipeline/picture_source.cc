#include "pipeline/picture_source.h"

#include <algorithm>

#include "augment/augmenter.h"
#include "pipeline/input_maker.h"

namespace goldcrest::pipeline {
namespace {

constexpr uint64_t kMostAhead = 64;

size_t ElementsOf(const tensor::InputContract& contract) {
  const int64_t channels = contract.color == tensor::ColorOrder::kGray ? 1 : 3;
  return static_cast<size_t>(contract.width * contract.height * channels);
}

}  // namespace

class PictureSource::Maker {
 public:
  static Result<std::unique_ptr<Maker>> Create(PictureSource& source) {
    GOLDCREST_TRY(InputMaker maker,
                  InputMaker::Create(source.options_.contract, source.options_.augmentation));
    return std::make_unique<Maker>(source, std::move(maker));
  }

  Maker(PictureSource& source, InputMaker maker)
      : source_(source), reader_(source.pictures_.MakeReader()), maker_(std::move(maker)) {}

  Status Make(int64_t sample, int64_t epoch, std::span<float> input, train::Target& target) {
    GOLDCREST_RETURN_IF_ERROR(MakeOne(sample, epoch, input));
    auto label = [&](int64_t i) { return source_.samples_[static_cast<size_t>(i)].label; };
    target = {.label = label(sample)};
    const augment::Mixing mixing = augment::DrawMixing(
        source_.options_.augmentation, {source_.options_.seed, epoch, sample}, source_.size());
    if (mixing.share == 0) return {};
    other_.resize(input.size());
    GOLDCREST_RETURN_IF_ERROR(MakeOne(mixing.other, epoch, other_));
    const auto share = static_cast<float>(mixing.share);
    for (size_t i = 0; i < input.size(); ++i) input[i] += (other_[i] - input[i]) * share;
    target.other = label(mixing.other);
    target.other_share = mixing.share;
    return {};
  }

 private:
  Status MakeOne(int64_t sample, int64_t epoch, std::span<float> input) {
    GOLDCREST_RETURN_IF_ERROR(source_.pictures_.Read(sample, reader_, picture_));
    return maker_.Make({source_.options_.seed, epoch, sample}, picture_, input);
  }

  PictureSource& source_;
  SampleReader reader_;
  InputMaker maker_;
  image::Picture picture_;
  std::vector<float> other_;
};

Result<std::unique_ptr<PictureSource>> PictureSource::Create(
    std::span<const TrainingSample> samples, const PictureSourceOptions& options) {
  std::unique_ptr<PictureSource> source(new PictureSource(samples, options));
  for (int i = 0; i <= options.threads; ++i) {
    GOLDCREST_TRY(std::unique_ptr<Maker> maker, Maker::Create(*source));
    source->makers_.push_back(std::move(maker));
  }
  for (size_t i = 1; i < source->makers_.size(); ++i) {
    source->threads_.emplace_back(&PictureSource::Work, source.get(),
                                  std::ref(*source->makers_[i]));
  }
  return source;
}

PictureSource::PictureSource(std::span<const TrainingSample> samples,
                             const PictureSourceOptions& options)
    : samples_(samples),
      options_(options),
      elements_(ElementsOf(options.contract)),
      pictures_(samples, options.contract, options.precision, options.most_pixels,
                options.cache_bytes),
      slots_(
          std::clamp<uint64_t>(options.ahead_bytes / (elements_ * sizeof(float)), 2, kMostAhead)) {}

PictureSource::~PictureSource() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void PictureSource::Work(Maker& maker) {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock,
               [&] { return stop_ || (next_ < order_.size() && next_ < taken_ + slots_.size()); });
    if (stop_) return;
    Slot& slot = SlotOf(next_);
    const int64_t sample = order_[next_++];
    const int64_t epoch = epoch_;
    ++busy_;
    lock.unlock();
    slot.input.resize(elements_);
    slot.status = maker.Make(sample, epoch, slot.input, slot.target);
    lock.lock();
    slot.ready = true;
    --busy_;
    made_.notify_all();
  }
}

void PictureSource::Prepare(std::span<const int64_t> order, int64_t epoch) {
  if (threads_.empty()) return;
  {
    std::unique_lock lock(mutex_);
    next_ = order_.size();  // nobody begins anew
    made_.wait(lock, [&] { return busy_ == 0; });
    order_.assign(order.begin(), order.end());
    epoch_ = epoch;
    next_ = taken_ = 0;
    for (Slot& slot : slots_) slot.ready = false;
  }
  work_.notify_all();
}

Status PictureSource::TakeNext(std::span<float> input, train::Target& target) {
  std::unique_lock lock(mutex_);
  Slot& slot = SlotOf(taken_);
  made_.wait(lock, [&] { return slot.ready; });
  lock.unlock();
  std::ranges::copy(slot.input, input.begin());
  target = slot.target;
  Status status = std::move(slot.status);
  lock.lock();
  slot.ready = false;
  ++taken_;
  work_.notify_one();
  return status;
}

Status PictureSource::Fill(std::span<const int64_t> samples, int64_t epoch, std::span<float> inputs,
                           std::span<train::Target> targets) {
  for (size_t i = 0; i < samples.size(); ++i) {
    const std::span<float> input = inputs.subspan(i * elements_, elements_);
    // Only this thread changes what is asked here.
    const bool prepared = epoch == epoch_ && taken_ < order_.size() && order_[taken_] == samples[i];
    GOLDCREST_RETURN_IF_ERROR(prepared ? TakeNext(input, targets[i])
                                       : makers_[0]->Make(samples[i], epoch, input, targets[i]));
  }
  return {};
}

}  // namespace goldcrest::pipeline
