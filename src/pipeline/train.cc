#include "pipeline/train.h"

#include <algorithm>
#include <chrono>

#include "api/constants.h"
#include "base/cpu_features.h"
#include "base/file.h"
#include "graph/cost.h"
#include "graph/resize_inputs.h"
#include "passes/passes.h"
#include "pipeline/features.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"
#include "pipeline/stopwatch.h"
#include "tensor/difference.h"
#include "train/head.h"
#include "train/training_form.h"

namespace goldcrest::pipeline {
namespace {

// Rows of features.
class FeatureSource final : public train::BatchSource {
 public:
  explicit FeatureSource(const Features& features) : features_(features) {}
  int64_t size() const override { return std::ssize(features_.labels); }
  Status Fill(std::span<const int64_t> samples, int64_t, std::span<float> inputs,
              std::span<train::Target> targets) override {
    const auto width = static_cast<size_t>(features_.width);
    for (size_t i = 0; i < samples.size(); ++i) {
      const auto at = static_cast<size_t>(samples[i]);
      std::ranges::copy(std::span(features_.rows).subspan(at * width, width),
                        inputs.begin() + static_cast<ptrdiff_t>(i * width));
      targets[i] = {.label = features_.labels[at]};
    }
    return {};
  }

 private:
  const Features& features_;
};

// The model to start from, of the size asked for, with its input contract.
Result<graph::Graph> ReadStart(const TrainOptions& options, TrainReport& report) {
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.from));
  if (options.size > 0) {
    const tensor::Shape shape = {-1, options.size, options.size, 3};
    GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("giving ", options.from, " the size ", options.size),
                                     graph::ResizeInputs(graph, std::span(&shape, 1))));
  }
  report.notes = graph.metadata.notes;
  GOLDCREST_RETURN_IF_ERROR(api::ResolveInputContract(options.contract, graph, report.notes));
  if (!graph.metadata.input_contract) {
    return Fail(ErrorCode::kUnsupported, options.from,
                " does not say how pictures become its input; state it with --normalize "
                "tf|torch|caffe|unit|none|MEAN,STD");
  }
  report.input_contract = tensor::Describe(*graph.metadata.input_contract);
  graph.metadata.notes.clear();
  return graph;
}

// By class, so that all together weigh as much as before.
std::vector<double> BalancedWeights(const std::vector<int64_t>& labels, size_t classes) {
  std::vector<double> weights(classes, 0);
  for (int64_t label : labels) ++weights[static_cast<size_t>(label)];
  for (double& w : weights) {
    w = static_cast<double>(labels.size()) / (static_cast<double>(classes) * std::max(w, 1.0));
  }
  return weights;
}

// Answers of the network on rows of features, by label.
Result<std::vector<std::vector<int64_t>>> Confusion(train::Network& network,
                                                    FeatureSource& source) {
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
  return (static_cast<double>(step.epoch - 1) + step.share) / static_cast<double>(epochs);
}

std::string Doing(const train::StepReport& step, int64_t epochs) {
  std::string text = base::Cat("epoch ", step.epoch, "/", epochs);
  if (step.share == 0) return text;
  return base::Cat(text, "  loss ", base::Fixed(step.loss, 4), "  ",
                   base::Fixed(step.samples_per_second, 0), " images/s");
}

class Training {
 public:
  Training(const TrainOptions& options, const TrainEvents& events)
      : options_(options), events_(events), pool_(options.threads) {}

  Result<TrainReport> Run() {
    GOLDCREST_TRY(const std::vector<train::HeadLayer> layers, train::ParseHead(options_.head));
    // What cannot be written is refused before anything is learned.
    GOLDCREST_RETURN_IF_ERROR(CheckWritable(options_.output));
    GOLDCREST_TRY(graph::Graph start, ReadStart(options_, report_));
    GOLDCREST_TRY(log_, TrainingLog::Open(options_.log));
    GOLDCREST_TRY(const TrainingData data, OpenTrainingData(options_.data, pool_));
    Describe(data);
    GOLDCREST_TRY(train::ModelWithHead model,
                  Within(base::Cat("giving ", options_.from, " a new head"),
                         train::ReplaceHead(std::move(start), std::ssize(data.classes), layers,
                                            options_.fit.seed)));
    model.graph.metadata.labels = data.classes;
    GOLDCREST_RETURN_IF_ERROR(ComputeAll(model, data));
    GOLDCREST_RETURN_IF_ERROR(FitHead(model));
    if (log_->failure()) {
      report_.warnings.push_back(
          base::Cat("the log ended before the training did: ", log_->failure()->ToString()));
    }
    GOLDCREST_RETURN_IF_ERROR(Write(std::move(model.graph)));
    return std::move(report_);
  }

 private:
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

  Status ComputeAll(const train::ModelWithHead& model, const TrainingData& data) {
    const auto start = Clock::now();
    const graph::Graph base = train::BaseAlone(model);
    report_.cache = options_.cache_folder;
    const FeatureOptions features{options_.cache_folder, options_.threads};
    const double all = static_cast<double>(data.training.size() + data.validation.size());
    const double middle = static_cast<double>(data.training.size()) / all;
    GOLDCREST_TRY(training_, ComputeFeatures(base, data.training, features, [&](double share) {
                    events_.progress(share * middle, "computing features");
                  }));
    GOLDCREST_TRY(validation_, ComputeFeatures(base, data.validation, features, [&](double share) {
                    events_.progress(middle + share * (1 - middle), "computing features");
                  }));
    for (const Features* part : {&training_, &validation_}) {
      report_.features_computed += part->computed;
      report_.unreadable.insert(report_.unreadable.end(), part->unreadable.begin(),
                                part->unreadable.end());
    }
    report_.training = training_.labels.size();
    report_.validation = validation_.labels.size();
    report_.feature_seconds = MillisecondsSince(start) / 1000;
    if (!training_.labels.empty()) return {};
    return Fail(ErrorCode::kInvalid,
                "none of the pictures can be read; the first: ", report_.unreadable.front());
  }

  Status FitHead(train::ModelWithHead& model) {
    const auto start = Clock::now();
    GOLDCREST_TRY(graph::Graph head, train::HeadAlone(model));
    GOLDCREST_TRY(head, train::TrainingForm(std::move(head)));
    train::NetworkOptions network_options{.batch = options_.batch, .seed = options_.fit.seed};
    network_options.learned.assign(head.values.size(), false);
    for (graph::ValueId id : model.learned) network_options.learned[static_cast<size_t>(id)] = true;
    GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
    GOLDCREST_TRY(train::Network network,
                  train::Network::Create(std::move(head), network_options, pool_, isa));
    report_.learned = std::ssize(network.parameters().learned());
    report_.parameters = graph::ParameterCount(model.graph);
    train::FitOptions fit = options_.fit;
    if (options_.balanced) {
      fit.loss.class_weights = BalancedWeights(training_.labels, report_.classes.size());
    }
    FeatureSource training(training_);
    FeatureSource validation(validation_);
    const train::FitEvents events{.progress =
                                      [&](const train::StepReport& step) {
                                        events_.progress(ShareDone(step, fit.epochs),
                                                         Doing(step, fit.epochs));
                                      },
                                  .epoch_done =
                                      [&](const train::EpochReport& done) {
                                        log_->Epoch(done);
                                        events_.epoch_done(done);
                                        return Status();
                                      },
                                  .interrupted = events_.interrupted};
    GOLDCREST_TRY(report_.fit,
                  train::Fit(network, training, validation.size() > 0 ? &validation : nullptr, fit,
                             events, pool_));
    if (validation.size() > 0) {
      GOLDCREST_TRY(report_.score, train::Measure(network, validation, {}));
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
  Features training_, validation_;
};

void Conclude(const TrainOptions& options, TrainReport& report) {
  report.diagnosis = train::Diagnose({.fit = report.fit,
                                      .classes = report.classes,
                                      .training = report.training_by_class,
                                      .confusion = report.confusion,
                                      .rate = options.fit.rate});
}

}  // namespace

Result<TrainReport> Train(const TrainOptions& options, const TrainEvents& events) {
  GOLDCREST_TRY(TrainReport report, Training(options, events).Run());
  Conclude(options, report);
  return report;
}

}  // namespace goldcrest::pipeline
