#include "pipeline/training_settings.h"

#include "base/file.h"
#include "pipeline/model_hash.h"

namespace goldcrest::pipeline {
namespace {

// Contents and labels, in their order.
std::string Text(const std::vector<TrainingSample>& samples) {
  std::vector<uint64_t> words;
  words.reserve(samples.size() * 3);
  for (const TrainingSample& sample : samples) {
    words.push_back(sample.hash().low);
    words.push_back(sample.hash().high);
    words.push_back(static_cast<uint64_t>(sample.label));
  }
  return base::Cat(samples.size(), " (",
                   data::ToString(data::HashOf(std::as_bytes(std::span(words)))), ")");
}

// By value of the graph.
std::string Text(const std::vector<bool>& learned) {
  std::string text;
  for (const bool one : learned) text += one ? '1' : '0';
  return data::ToString(data::HashOf(base::AsBytes(text)));
}

}  // namespace

std::vector<train::Setting> SettingsOf(const TrainOptions& options, const StartingModel& model,
                                       const TrainingData& data) {
  const train::FitOptions& fit = options.fit;
  const train::OptimizerOptions& optimizer = fit.optimizer;
  std::vector<train::Setting> settings = {
      {"pictures to learn from", Text(data.training)},
      {"pictures to judge by", Text(data.validation)},
      {"--decode", options.decoding == decode::Precision::kFast ? "fast" : "exact"},
      {"--variants", base::Cat(options.variants)},
      {"starting model", data::ToString(HashOfModel(model.graph))},
      {"learned layers", Text(model.learned)},
      {"batch normalizations' statistics", model.batch_statistics ? "train" : "frozen"},
      {"--augment", augment::ToString(options.augmentation)},
      {"--precision", std::string(tensor::NameOf(options.precision))},
      {"--balanced", options.balanced ? "yes" : "no"},
      {"--batch", base::Cat(options.batch)},
      {"--optimizer",
       std::string(train::AlgorithmNames()[static_cast<size_t>(optimizer.algorithm)])},
      {"--momentum", base::Cat(optimizer.momentum)},
      {"--nesterov", optimizer.nesterov ? "yes" : "no"},
      {"--weight-decay", base::Cat(optimizer.weight_decay)},
      {"--clip-norm", base::Cat(optimizer.clip_norm)},
      {"--learning-rate", base::Cat(fit.rate)},
      {"--schedule", std::string(train::DecayNames()[static_cast<size_t>(fit.decay)])},
      {"--warm-up", base::Cat(fit.warm_up)},
      {"--label-smoothing", base::Cat(fit.loss.label_smoothing)},
      {"--ema", base::Cat(fit.average)},
      {"--seed", base::Cat(fit.seed)}};
  if (fit.decay != train::Decay::kConstant) settings.push_back({"--epochs", base::Cat(fit.epochs)});
  return settings;
}

}  // namespace goldcrest::pipeline
