#include "pipeline/training_log.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "events/png.h"
#include "pipeline/sample_reader.h"

namespace goldcrest::pipeline {
namespace {

using base::Cat;

constexpr size_t kMostClasses = 20;  // with pictures in the log
constexpr size_t kPicturesOfClass = 3;

// The picture as RGB pixels in a PNG file.
Result<std::string> Picture(const TrainingSample& sample, const tensor::InputContract& contract,
                            SampleReader& reader) {
  const int64_t channels = contract.color == tensor::ColorOrder::kGray ? 1 : 3;
  GOLDCREST_TRY(tensor::Tensor pixels,
                tensor::Tensor::Create(tensor::DType::kUInt8,
                                       {1, contract.height, contract.width, channels}));
  GOLDCREST_RETURN_IF_ERROR(reader.Read(sample, pixels.mutable_view()));
  const std::span<const uint8_t> bytes = pixels.view().As<uint8_t>();
  if (channels == 3) return events::EncodePng(contract.width, contract.height, bytes);
  std::vector<uint8_t> rgb;
  rgb.reserve(bytes.size() * 3);
  for (uint8_t gray : bytes) rgb.insert(rgb.end(), 3, gray);
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

void TrainingLog::Pictures(const TrainingData& data, const tensor::InputContract& contract) {
  if (failure_ || !events_ || !options_.pictures) return;
  tensor::InputContract pixels = contract;
  pixels.normalization = {};
  pixels.dtype = tensor::DType::kUInt8;
  pixels.scale = 1;
  pixels.zero_point = 0;
  if (pixels.color == tensor::ColorOrder::kBgr) pixels.color = tensor::ColorOrder::kRgb;
  const size_t classes = std::min(data.classes.size(), kMostClasses);
  std::vector<std::vector<std::string>> pngs(classes);
  SampleReader reader({.contract = pixels});
  for (const TrainingSample& sample : data.training) {
    const auto label = static_cast<size_t>(sample.label);
    if (label >= classes || pngs[label].size() == kPicturesOfClass) continue;
    // What cannot be read is told where it is learned from.
    if (auto png = Picture(sample, pixels, reader)) pngs[label].push_back(*std::move(png));
  }
  for (size_t label = 0; label < classes; ++label) {
    if (pngs[label].empty()) continue;
    events_->training.AddPictures(0, Cat("pictures/", data.classes[label]), pixels.width,
                                  pixels.height, pngs[label]);
  }
  Note(events_->training.Flush());
}

}  // namespace goldcrest::pipeline
