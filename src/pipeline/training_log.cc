#include "pipeline/training_log.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "events/png.h"

namespace goldcrest::pipeline {
namespace {

using base::Cat;

constexpr size_t kMostClasses = 20;  // with pictures in the log
constexpr size_t kPicturesOfClass = 3;

// Samples of the first classes, a few of each, by class.
std::vector<std::vector<int64_t>> SomeOfEachClass(const TrainingData& data) {
  std::vector<std::vector<int64_t>> chosen(std::min(data.classes.size(), kMostClasses));
  for (int64_t i = 0; i < std::ssize(data.training); ++i) {
    const auto label = static_cast<size_t>(data.training[static_cast<size_t>(i)].label);
    if (label < chosen.size() && chosen[label].size() < kPicturesOfClass) {
      chosen[label].push_back(i);
    }
  }
  return chosen;
}

// Levels as a PNG file of RGB.
Result<std::string> AsPng(const tensor::InputContract& contract, std::span<const float> levels) {
  const bool gray = contract.color == tensor::ColorOrder::kGray;
  std::vector<uint8_t> rgb;
  for (float level : levels) {
    const auto byte = static_cast<uint8_t>(std::lround(std::clamp(level, 0.0F, 255.0F)));
    rgb.insert(rgb.end(), gray ? 3 : 1, byte);
  }
  return events::EncodePng(contract.width, contract.height, rgb);
}

}  // namespace

Result<TrainingLog> TrainingLog::Open(const TrainingLogOptions& options) {
  TrainingLog log;
  log.options_ = options;
  if (options.folder.empty()) return log;
  GOLDCREST_TRY(events::EventFile training,
                Within("making the folder of --log",
                       events::EventFile::Create(Cat(options.folder, "/train"))));
  log.events_ = Events{.training = std::move(training), .validation = std::nullopt};
  const std::string csv = Cat(options.folder, "/log.csv");
  GOLDCREST_TRY(const base::AtomicFile writable, base::AtomicFile::Create(csv));
  static_cast<void>(writable);
  log.csv_.emplace(csv);
  return log;
}

void TrainingLog::Note(const Status& status) {
  if (!status && !failure_) failure_ = status.error();
}

void TrainingLog::Epoch(const train::EpochReport& report, train::Parameters& parameters) {
  if (failure_ || options_.folder.empty()) return;
  Note(csv_->Add(report));
  Note(Write(report, parameters));
}

Status TrainingLog::Write(const train::EpochReport& report, train::Parameters& parameters) {
  const int64_t step = report.epoch - 1;  // Keras counts from 0
  events::EventFile& training = events_->training;
  training.AddScalar(step, "epoch_loss", report.training.loss);
  training.AddScalar(step, "epoch_accuracy", report.training.accuracy);
  training.AddScalar(step, "epoch_learning_rate", report.rate);
  training.AddScalar(step, "epoch_images_per_second", report.samples_per_second);
  if (options_.histograms) {
    for (const train::Parameter& parameter : parameters.all()) {
      training.AddHistogram(step, Cat(parameter.name, "/histogram"),
                            parameters.elements().subspan(parameter.first, parameter.count));
    }
  }
  GOLDCREST_RETURN_IF_ERROR(training.Flush());
  if (!report.validation) return {};
  if (!events_->validation) {
    GOLDCREST_TRY(events_->validation,
                  events::EventFile::Create(Cat(options_.folder, "/validation")));
  }
  events_->validation->AddScalar(step, "epoch_loss", report.validation->loss);
  events_->validation->AddScalar(step, "epoch_accuracy", report.validation->accuracy);
  return events_->validation->Flush();
}

void TrainingLog::Pictures(const TrainingData& data, PictureSourceOptions options) {
  if (failure_ || !events_ || !options_.pictures) return;
  Note(WritePictures(data, std::move(options)));
}

Status TrainingLog::WritePictures(const TrainingData& data, PictureSourceOptions options) {
  tensor::InputContract& contract = options.contract;
  contract.normalization = {};
  if (contract.color == tensor::ColorOrder::kBgr) contract.color = tensor::ColorOrder::kRgb;
  options.threads = 0;
  options.cache_bytes = 0;
  GOLDCREST_TRY(const auto source, PictureSource::Create(data.training, options));
  const int64_t channels = contract.color == tensor::ColorOrder::kGray ? 1 : 3;
  std::vector<float> levels(static_cast<size_t>(contract.width * contract.height * channels));
  const std::vector<std::vector<int64_t>> chosen = SomeOfEachClass(data);
  for (size_t label = 0; label < chosen.size(); ++label) {
    std::vector<std::string> pngs;
    for (int64_t sample : chosen[label]) {
      train::Target target;
      // What cannot be read is told where it is learned from.
      if (!source->Fill(std::span(&sample, 1), 1, levels, std::span(&target, 1))) continue;
      GOLDCREST_TRY(std::string png, AsPng(contract, levels));
      pngs.push_back(std::move(png));
    }
    if (pngs.empty()) continue;
    events_->training.AddPictures(0, Cat("pictures/", data.classes[label]), contract.width,
                                  contract.height, pngs);
  }
  return events_->training.Flush();
}

}  // namespace goldcrest::pipeline
