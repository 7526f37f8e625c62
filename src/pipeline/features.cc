#include "pipeline/features.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include "api/session.h"
#include "base/interruption.h"
#include "base/random.h"
#include "pipeline/input_maker.h"
#include "pipeline/model_hash.h"
#include "pipeline/sample_reader.h"
#include "train/feature_cache.h"

namespace goldcrest::pipeline {
namespace {

bool IsChanged(const FeatureOptions& options) { return options.augmentation != augment::Policy(); }

// Of the base, and of what a picture goes through before it.
data::ContentHash KeyOf(const graph::Graph& base, const FeatureOptions& options) {
  const bool fast = options.precision == decode::Precision::kFast;
  const data::ContentHash model = HashOfModel(base);
  if (!IsChanged(options) && !fast) return model;
  std::string text = data::ToString(model);
  if (IsChanged(options)) text += base::Cat(" ", ToString(options.augmentation), " ", options.seed);
  if (fast) text += " decoded fast";
  return data::HashOf(std::as_bytes(std::span(text)));
}

data::ContentHash VariantOf(const data::ContentHash& picture, int64_t variant) {
  if (variant == 0) return picture;
  return {base::Mixed(picture.low, static_cast<uint64_t>(variant)),
          base::Mixed(picture.high, static_cast<uint64_t>(variant))};
}

// Makes rows of features; one a thread.
class Worker {
 public:
  static Result<Worker> Create(const graph::Graph& base, const FeatureOptions& options) {
    GOLDCREST_TRY(api::Session session, api::Session::Create(base, {.threads = 1}));
    const graph::Graph& graph = session.graph();
    const std::optional<tensor::InputContract>& contract = graph.metadata.input_contract;
    data::InputDescription input{.contract = contract,
                                 .quantization = graph.value(graph.inputs[0]).quantization,
                                 .precision = options.precision};
    if (!IsChanged(options)) return Worker(std::move(session), std::move(input), {}, options);
    if (!contract) return Fail(ErrorCode::kUnsupported, "tensors cannot be augmented");
    input = {.contract = BytesOf(*contract), .precision = options.precision};
    GOLDCREST_TRY(InputMaker maker, InputMaker::Create(*contract, options.augmentation));
    return Worker(std::move(session), std::move(input), std::move(maker), options);
  }

  // Gets the picture ready for Run.
  Status Read(const TrainingSample& sample) {
    if (!maker_) return reader_.Read(sample, session_.input(0));
    const tensor::InputContract& contract = *session_.graph().metadata.input_contract;
    const std::array<int64_t, 4> shape = {1, contract.height, contract.width, 3};
    picture_.width = contract.width;
    picture_.height = contract.height;
    picture_.rgb.resize(static_cast<size_t>(contract.width * contract.height * 3));
    return reader_.Read(
        sample, {tensor::DType::kUInt8, shape, std::as_writable_bytes(std::span(picture_.rgb))});
  }

  Result<std::span<const float>> Run(const TrainingSample& sample, int64_t variant) {
    if (maker_) {
      // By contents: what is drawn for a picture is the same in any set.
      changed_ = picture_;
      const augment::Occasion occasion{seed_, variant, static_cast<int64_t>(sample.hash().low)};
      GOLDCREST_RETURN_IF_ERROR(maker_->Make(occasion, changed_, session_.input(0).As<float>()));
    }
    session_.Run();
    return session_.output(0).As<float>();
  }

 private:
  Worker(api::Session session, data::InputDescription input, std::optional<InputMaker> maker,
         const FeatureOptions& options)
      : session_(std::move(session)),
        reader_(std::move(input)),
        maker_(std::move(maker)),
        seed_(options.seed) {}

  api::Session session_;
  SampleReader reader_;
  std::optional<InputMaker> maker_;
  uint64_t seed_;
  image::Picture picture_, changed_;
};

// All rows of all pictures, in a file.
class Computing {
 public:
  Computing(const graph::Graph& base, std::span<const TrainingSample> samples,
            const FeatureOptions& options, const std::function<void(double share)>& progress)
      : base_(base),
        samples_(samples),
        options_(options),
        progress_(progress),
        width_(base.value(base.outputs[0]).shape.back()) {}

  Result<Features> Run() {
    const auto row_bytes = static_cast<uint64_t>(width_) * sizeof(float);
    const auto rows = samples_.size() * static_cast<uint64_t>(options_.variants);
    GOLDCREST_TRY(base::ScratchFile file,
                  base::ScratchFile::Create(std::max<uint64_t>(rows * row_bytes, 1)));
    rows_.emplace(std::move(file));
    if (!options_.cache_folder.empty()) {
      GOLDCREST_TRY(
          cache_, train::FeatureCache::Open(options_.cache_folder, KeyOf(base_, options_), width_));
    }
    GOLDCREST_RETURN_IF_ERROR(TakeCached());
    GOLDCREST_RETURN_IF_ERROR(Compute());
    const Status saved = Save();
    if (base::HeldInterruption::requested() != 0) {
      return Fail(ErrorCode::kInterrupted, "stopped while features were computed",
                  cache_ && saved
                      ? base::Cat("; those of ", pictures_computed_,
                                  " pictures are kept, and the same command goes on from there")
                      : "");
    }
    Features features{.width = width_,
                      .variants = options_.variants,
                      .rows = std::move(*rows_),
                      .computed = std::ssize(computed_),
                      .pictures_computed = pictures_computed_};
    features.places.reserve(samples_.size());
    features.labels.reserve(samples_.size());
    for (size_t i = 0; i < samples_.size(); ++i) {
      if (unreadable_.contains(i)) continue;
      features.places.push_back(static_cast<int32_t>(i));
      features.labels.push_back(samples_[i].label);
    }
    if (!saved) features.not_kept = saved.error();
    for (auto& [sample, error] : unreadable_) features.unreadable.push_back(std::move(error));
    return features;
  }

 private:
  data::ContentHash HashOf(int64_t row) const {
    const TrainingSample& sample = samples_[static_cast<size_t>(row / options_.variants)];
    return VariantOf(sample.hash(), row % options_.variants);
  }

  Status Write(int64_t row, std::span<const float> features) const {
    return rows_->Write(static_cast<uint64_t>(row * width_) * sizeof(float),
                        std::as_bytes(features));
  }

  Status TakeCached() {
    std::vector<float> features(static_cast<size_t>(width_));
    for (int64_t row = 0; row < std::ssize(samples_) * options_.variants; ++row) {
      if (cache_ && cache_->Read(HashOf(row), features)) {
        GOLDCREST_RETURN_IF_ERROR(Write(row, features));
      } else {
        missing_.push_back(row);
      }
    }
    return {};
  }

  Status Compute() {
    const base::HeldInterruption hold;
    computed_.reserve(missing_.size());
    const int64_t count = std::min<int64_t>(options_.threads, std::ssize(missing_));
    std::vector<Worker> workers;
    for (int64_t i = 0; i < count; ++i) {
      GOLDCREST_TRY(Worker worker, Worker::Create(base_, options_));
      workers.push_back(std::move(worker));
    }
    base::ThreadPool pool(static_cast<int>(std::max<int64_t>(count, 1)));
    pool.ForEach(count, [&](int64_t lane) noexcept {
      Worker& worker = workers[static_cast<size_t>(lane)];
      while (base::HeldInterruption::requested() == 0) {
        const std::span<const int64_t> rows = TakePicture();
        if (rows.empty()) break;
        OnePicture(worker, rows);
      }
    });
    missing_ = std::vector<int64_t>();  // gives the memory back
    std::ranges::sort(computed_);
    return std::move(failure_);
  }

  // The missing rows of the next picture.
  std::span<const int64_t> TakePicture() {
    const std::lock_guard lock(mutex_);
    const size_t first = next_;
    while (next_ < missing_.size() &&
           missing_[next_] / options_.variants == missing_[first] / options_.variants) {
      ++next_;
    }
    return std::span(missing_).subspan(first, next_ - first);
  }

  void OnePicture(Worker& worker, std::span<const int64_t> rows) {
    const auto at = static_cast<size_t>(rows[0] / options_.variants);
    const Status read = worker.Read(samples_[at]);
    Status status;
    for (size_t r = 0; r < rows.size() && read && status; ++r) {
      const auto features = worker.Run(samples_[at], rows[r] % options_.variants);
      status = features ? Write(rows[r], *features) : std::unexpected(features.error());
    }
    const std::lock_guard lock(mutex_);
    if (!status && failure_) failure_ = std::move(status);
    if (read) {
      computed_.insert(computed_.end(), rows.begin(), rows.end());
      ++pictures_computed_;
    } else {
      unreadable_.emplace(at, read.error().ToString());
    }
    done_ += rows.size();
    progress_(static_cast<double>(done_) / static_cast<double>(missing_.size()));
  }

  Status Save() {
    if (!cache_) return {};
    std::vector<data::ContentHash> pictures;
    pictures.reserve(computed_.size());
    for (int64_t row : computed_) pictures.push_back(HashOf(row));
    return cache_->Save(pictures, [&](size_t i, std::span<float> features) {
      return rows_->Read(static_cast<uint64_t>(computed_[i] * width_) * sizeof(float),
                         std::as_writable_bytes(features));
    });
  }

  const graph::Graph& base_;
  const std::span<const TrainingSample> samples_;
  const FeatureOptions& options_;
  const std::function<void(double share)>& progress_;
  const int64_t width_;
  std::optional<base::ScratchFile> rows_;
  std::optional<train::FeatureCache> cache_;
  std::vector<int64_t> missing_;  // rows, rising

  std::mutex mutex_;  // of all below, while threads work
  size_t next_ = 0;   // in missing_
  size_t done_ = 0;
  std::vector<int64_t> computed_;  // rows
  int64_t pictures_computed_ = 0;
  std::map<size_t, std::string> unreadable_;
  Status failure_;
};

}  // namespace

Status Features::Read(int64_t picture, int64_t variant, std::span<float> row) const {
  const int64_t place = int64_t{places[static_cast<size_t>(picture)]} * variants + variant;
  return rows.Read(static_cast<uint64_t>(place * width) * sizeof(float),
                   std::as_writable_bytes(row));
}

Result<Features> ComputeFeatures(const graph::Graph& base, std::span<const TrainingSample> samples,
                                 const FeatureOptions& options,
                                 const std::function<void(double share)>& progress) {
  return Computing(base, samples, options, progress).Run();
}

}  // namespace goldcrest::pipeline
