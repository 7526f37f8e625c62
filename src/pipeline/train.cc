#include "pipeline/train.h"

#include <algorithm>
#include <numeric>

#include "api/constants.h"
#include "base/cpu_features.h"
#include "base/file.h"
#include "base/interruption.h"
#include "graph/cost.h"
#include "passes/passes.h"
#include "pipeline/feature_source.h"
#include "pipeline/model_file.h"
#include "pipeline/picture_source.h"
#include "pipeline/stopwatch.h"
#include "pipeline/training_checkpoints.h"
#include "pipeline/training_settings.h"
#include "tensor/difference.h"
#include "train/head.h"
#include "train/training_form.h"

namespace goldcrest::pipeline {
namespace {

// By class, so that all together weigh as much as before.
std::vector<double> BalancedWeights(const std::vector<int64_t>& counts) {
  const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), int64_t{0}));
  std::vector<double> weights;
  weights.reserve(counts.size());
  for (int64_t count : counts) {
    weights.push_back(all / static_cast<double>(std::ssize(counts) * std::max<int64_t>(count, 1)));
  }
  return weights;
}

// Answers of the network, [label][answer].
Result<std::vector<std::vector<int64_t>>> Confusion(train::Network& network,
                                                    train::BatchSource& source) {
  const auto classes = static_cast<size_t>(network.output_elements());
  std::vector<std::vector<int64_t>> confusion(classes, std::vector<int64_t>(classes, 0));
  for (int64_t i = 0; i < source.size(); ++i) {
    train::Target target;
    GOLDCREST_RETURN_IF_ERROR(
        source.Fill(std::span(&i, 1), 0, network.input(), std::span(&target, 1)));
    network.Forward(1, false, 0);
    const std::span<const float> scores = network.output().first(classes);
    ++confusion[static_cast<size_t>(target.label)][static_cast<size_t>(tensor::ArgMax(scores))];
  }
  return confusion;
}

double ShareDone(const train::StepReport& step, int64_t epochs) {
  if (step.validating) return static_cast<double>(step.epoch) / static_cast<double>(epochs);
  return (static_cast<double>(step.epoch - 1) + step.share) / static_cast<double>(epochs);
}

std::string Doing(const train::StepReport& step, int64_t epochs) {
  std::string text = base::Cat("epoch ", step.epoch, "/", epochs);
  if (step.validating) return base::Cat(text, "  validating");
  if (step.share == 0) return text;
  return base::Cat(text, "  loss ", base::Fixed(step.loss, 4), "  ",
                   base::Fixed(step.samples_per_second, 0), " images/s");
}

class Training {
 public:
  Training(const TrainOptions& options, const TrainEvents& events)
      : options_(options), events_(events), pool_(options.threads) {}

  Result<TrainReport> Run() {
    // What cannot be written is refused before anything is learned.
    GOLDCREST_RETURN_IF_ERROR(CheckWritable(options_.output));
    GOLDCREST_TRY(const TrainingData data, OpenTrainingData(options_.data, pool_));
    Describe(data);
    GOLDCREST_TRY(StartingModel model, MakeStartingModel(options_.start, data.classes));
    report_.notes.insert(report_.notes.end(), model.notes.begin(), model.notes.end());
    report_.input_contract = model.input_contract;
    GOLDCREST_RETURN_IF_ERROR(LookForCheckpoint(model, data));
    GOLDCREST_TRY(log_, TrainingLog::Open(options_.log));
    if (model.graph.metadata.input_contract) {
      log_->Pictures(data, {.contract = *model.graph.metadata.input_contract,
                            .augmentation = options_.augmentation,
                            .seed = options_.fit.seed});
    }
    GOLDCREST_RETURN_IF_ERROR(model.frozen ? OnFeatures(model, data) : OnPictures(model, data));
    if (log_->failure()) {
      report_.warnings.push_back(
          base::Cat("the log ended before the training did: ", log_->failure()->ToString()));
    }
    const bool interrupted = report_.fit.ending == train::Ending::kInterrupted;
    if (checkpoints_->failure()) {
      report_.warnings.push_back(
          base::Cat("there is no checkpoint: ", checkpoints_->failure()->ToString()));
    } else if (interrupted) {
      report_.checkpoint = checkpoints_->path();
    }
    if (!interrupted || !report_.fit.epochs.empty()) {
      GOLDCREST_RETURN_IF_ERROR(Write(std::move(model.graph)));
    }
    if (!interrupted) checkpoints_->Remove();
    return std::move(report_);
  }

 private:
  Status LookForCheckpoint(const StartingModel& model, const TrainingData& data) {
    checkpoints_.emplace(CheckpointPath(options_.output), SettingsOf(options_, model, data));
    const std::string& path = checkpoints_->path();
    if (!checkpoints_->exists()) {
      if (options_.resume) events_.note(base::Cat("there is no ", path, ": training begins anew"));
      return {};
    }
    if (!options_.resume) {
      events_.note(base::Cat(path,
                             " is of a run that was not finished, which --resume goes on with; ",
                             "this run begins anew and replaces it"));
      return {};
    }
    GOLDCREST_TRY(resumed_, checkpoints_->Read());
    events_.note(base::Cat("resumed from ", path, ", in epoch ", resumed_->epoch));
    return {};
  }

  void Describe(const TrainingData& data) {
    report_.data = data.description;
    report_.classes = data.classes;
    report_.notes.insert(report_.notes.end(), data.notes.begin(), data.notes.end());
    report_.training_by_class.assign(data.classes.size(), 0);
    for (const TrainingSample& sample : data.training) {
      ++report_.training_by_class[static_cast<size_t>(sample.label)];
    }
    report_.warnings = data.warnings;
    report_.unreadable = data.unreadable;
  }

  // The head alone: what it reads is computed once.
  Status OnFeatures(StartingModel& model, const TrainingData& data) {
    const auto start = Clock::now();
    const graph::Graph base = train::BaseAlone(*model.frozen);
    report_.cache = options_.cache_folder;
    const double all = static_cast<double>(data.training.size() + data.validation.size());
    const double middle = static_cast<double>(data.training.size()) / all;
    GOLDCREST_TRY(Features training, FeaturesOf(base, data.training, 0, middle));
    GOLDCREST_TRY(Features validation, FeaturesOf(base, data.validation, middle, 1));
    report_.feature_seconds = MillisecondsSince(start) / 1000;
    if (training.labels.empty()) {
      return Fail(ErrorCode::kInvalid,
                  "none of the pictures can be read; the first: ", report_.unreadable.front());
    }
    FeatureSource training_source(std::move(training));
    FeatureSource validation_source(std::move(validation));
    GOLDCREST_TRY(graph::Graph head, train::HeadAlone(*model.frozen));
    return Fit(model, std::move(head), training_source, validation_source);
  }

  Result<Features> FeaturesOf(const graph::Graph& base, std::span<const TrainingSample> samples,
                              double first, double last) {
    GOLDCREST_TRY(Features features,
                  ComputeFeatures(
                      base, samples, {options_.cache_folder, options_.threads}, [&](double share) {
                        events_.progress(first + share * (last - first), "computing features");
                      }));
    report_.features_computed += features.computed;
    report_.unreadable.insert(report_.unreadable.end(), features.unreadable.begin(),
                              features.unreadable.end());
    return features;
  }

  // The whole network, or its last layers.
  Status OnPictures(StartingModel& model, const TrainingData& data) {
    PictureSourceOptions options{.contract = *model.graph.metadata.input_contract,
                                 .augmentation = options_.augmentation,
                                 .seed = options_.fit.seed,
                                 .threads = options_.threads};
    GOLDCREST_TRY(const auto training, PictureSource::Create(data.training, options));
    options.augmentation = {};
    GOLDCREST_TRY(const auto validation, PictureSource::Create(data.validation, options));
    GOLDCREST_RETURN_IF_ERROR(Fit(model, model.graph, *training, *validation));
    for (const PictureSource* source : {training.get(), validation.get()}) {
      for (std::string& picture : source->unreadable()) {
        report_.unreadable.push_back(std::move(picture));
      }
    }
    return {};
  }

  // `graph` is what is run of the model: its head, or all of it.
  Status Fit(StartingModel& model, graph::Graph graph, train::BatchSource& training,
             train::BatchSource& validation) {
    const auto start = Clock::now();
    report_.training = static_cast<size_t>(training.size());
    report_.validation = static_cast<size_t>(validation.size());
    GOLDCREST_TRY(graph, train::TrainingForm(std::move(graph)));
    train::NetworkOptions network_options{.batch = options_.batch,
                                          .learned = model.learned,
                                          .batch_statistics = model.batch_statistics,
                                          .seed = options_.fit.seed};
    network_options.learned.resize(graph.values.size(), false);
    GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
    GOLDCREST_TRY(train::Network network,
                  train::Network::Create(std::move(graph), network_options, pool_, isa));
    report_.learned = std::ssize(network.parameters().learned());
    report_.parameters = graph::ParameterCount(model.graph);
    train::FitOptions fit = options_.fit;
    if (options_.balanced) fit.loss.class_weights = BalancedWeights(report_.training_by_class);
    const train::FitEvents events{
        .progress =
            [&](const train::StepReport& step) {
              events_.progress(ShareDone(step, fit.epochs), Doing(step, fit.epochs));
            },
        .epoch_done =
            [&](const train::EpochReport& done) {
              log_->Epoch(done, network.parameters());
              events_.epoch_done(done);
              return Status();
            },
        .interrupted = [] { return base::HeldInterruption::requested() != 0; },
        .checkpoint = [&](train::FitState state) { checkpoints_->Write(std::move(state)); }};
    {
      const base::HeldInterruption hold;
      GOLDCREST_TRY(report_.fit,
                    train::Fit(network, training, validation.size() > 0 ? &validation : nullptr,
                               fit, events, pool_, resumed_ ? &*resumed_ : nullptr));
    }
    // Judged again, as it is left.
    if (validation.size() > 0 && !report_.fit.epochs.empty()) {
      GOLDCREST_TRY(report_.score, train::Measure(network, validation, {}, [&](double share) {
                      events_.progress(1,
                                       base::Cat("validating ", base::Fixed(share * 100, 0), " %"));
                      return true;
                    }));
      GOLDCREST_TRY(report_.confusion, Confusion(network, validation));
    }
    network.parameters().CopyTo(model.graph);
    report_.fit_seconds = MillisecondsSince(start) / 1000;
    return {};
  }

  Status Write(graph::Graph graph) {
    if (!IsForTraining(options_.output)) {
      GOLDCREST_TRY(auto passes, passes::Run(graph, {.evaluate = api::ConstantEvaluator()}));
    }
    GOLDCREST_TRY(const std::vector<std::byte> file, EncodeModel(graph, options_.output));
    report_.file_bytes = file.size();
    return base::WriteFile(options_.output, file);
  }

  static Status CheckWritable(const std::string& path) {
    GOLDCREST_RETURN_IF_ERROR(CheckFormatName(path));
    GOLDCREST_TRY(const base::AtomicFile file, base::AtomicFile::Create(path));
    static_cast<void>(file);
    return {};
  }

  const TrainOptions& options_;
  const TrainEvents& events_;
  base::ThreadPool pool_;
  TrainReport report_;
  std::optional<TrainingLog> log_;
  std::optional<TrainingCheckpoints> checkpoints_;
  std::optional<train::FitState> resumed_;
};

void Conclude(const TrainOptions& options, TrainReport& report) {
  if (report.fit.epochs.empty()) return;
  report.diagnosis = train::Diagnose({.fit = report.fit,
                                      .classes = report.classes,
                                      .training = report.training_by_class,
                                      .confusion = report.confusion,
                                      .rate = options.fit.rate});
}

}  // namespace

std::string CheckpointPath(const std::string& output) { return output + ".checkpoint"; }

Result<TrainReport> Train(const TrainOptions& options, const TrainEvents& events) {
  GOLDCREST_TRY(TrainReport report, Training(options, events).Run());
  Conclude(options, report);
  return report;
}

}  // namespace goldcrest::pipeline
