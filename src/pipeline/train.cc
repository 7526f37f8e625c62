#include "pipeline/train.h"

#include "api/constants.h"
#include "base/cache_folder.h"
#include "base/file.h"
#include "passes/passes.h"
#include "pipeline/feature_source.h"
#include "pipeline/model_file.h"
#include "pipeline/picture_source.h"
#include "pipeline/stopwatch.h"
#include "pipeline/training_run.h"
#include "pipeline/training_settings.h"
#include "train/feature_cache.h"
#include "train/head.h"

namespace goldcrest::pipeline {
namespace {

class Training {
 public:
  Training(const TrainOptions& options, const TrainEvents& events)
      : run_{.options = options, .events = events, .pool = base::ThreadPool(options.threads)} {}

  Result<TrainReport> Run() {
    // What cannot be written is refused before anything is learned.
    GOLDCREST_RETURN_IF_ERROR(CheckWritable(run_.options.output));
    GOLDCREST_TRY(TrainingData data, OpenTrainingData(run_.options.data, run_.pool));
    Describe(data);
    GOLDCREST_TRY(StartingModel model, MakeStartingModel(run_.options.start, data.classes));
    run_.report.notes.insert(run_.report.notes.end(), model.notes.begin(), model.notes.end());
    run_.report.input_contract = model.input_contract;
    GOLDCREST_RETURN_IF_ERROR(LookForCheckpoint(model, data));
    GOLDCREST_TRY(run_.log, TrainingLog::Open(run_.options.log));
    if (model.graph.metadata.input_contract) {
      run_.log->Pictures(data, {.contract = *model.graph.metadata.input_contract,
                                .augmentation = run_.options.augmentation,
                                .seed = run_.options.fit.seed,
                                .precision = run_.options.decoding});
    }
    GOLDCREST_RETURN_IF_ERROR(model.frozen ? OnFeatures(model, std::move(data))
                                           : OnPictures(model, std::move(data)));
    if (run_.log->failure()) {
      run_.report.warnings.push_back(
          base::Cat("the log ended before the training did: ", run_.log->failure()->ToString()));
    }
    const bool interrupted = run_.report.fit.ending == train::Ending::kInterrupted;
    if (run_.checkpoints->failure()) {
      run_.report.warnings.push_back(
          base::Cat("there is no checkpoint: ", run_.checkpoints->failure()->ToString()));
    } else if (interrupted) {
      run_.report.checkpoint = run_.checkpoints->path();
    }
    if (!interrupted || !run_.report.fit.epochs.empty()) {
      GOLDCREST_RETURN_IF_ERROR(Write(std::move(model.graph)));
    }
    if (!interrupted) run_.checkpoints->Remove();
    return std::move(run_.report);
  }

 private:
  Status LookForCheckpoint(const StartingModel& model, const TrainingData& data) {
    run_.checkpoints.emplace(CheckpointPath(run_.options.output),
                             SettingsOf(run_.options, model, data));
    const std::string& path = run_.checkpoints->path();
    if (!run_.checkpoints->exists()) {
      if (run_.options.resume)
        run_.events.note(base::Cat("there is no ", path, ": training begins anew"));
      return {};
    }
    if (!run_.options.resume) {
      run_.events.note(
          base::Cat(path, " is of a run that was not finished, which --resume goes on with; ",
                    "this run begins anew and replaces it"));
      return {};
    }
    GOLDCREST_TRY(run_.resumed, run_.checkpoints->Read());
    run_.events.note(base::Cat("resumed from ", path, ", in epoch ", run_.resumed->epoch));
    return {};
  }

  void Describe(const TrainingData& data) {
    run_.report.data = data.description;
    run_.report.classes = data.classes;
    run_.report.notes.insert(run_.report.notes.end(), data.notes.begin(), data.notes.end());
    run_.report.training_by_class.assign(data.classes.size(), 0);
    for (const TrainingSample& sample : data.training) {
      ++run_.report.training_by_class[static_cast<size_t>(sample.label)];
    }
    run_.report.warnings = data.warnings;
    run_.report.unreadable = data.unreadable;
  }

  // Empty where there is to be no cache, or can be none where nobody has named a folder.
  Result<std::string> MakeCacheFolder() {
    const std::optional<std::string>& named = run_.options.cache_folder;
    if (named && named->empty()) return "";
    std::string folder = named ? *named : base::CacheFolder();
    const Status made = folder.empty() ? Fail(ErrorCode::kIo, "neither XDG_CACHE_HOME nor HOME is ",
                                              "set; name a folder with --cache")
                                       : train::FeatureCache::MakeFolder(folder);
    if (made) return folder;
    if (named) return std::unexpected(made.error());
    run_.events.note(
        base::Cat("features are not kept for the next run: ", made.error().ToString()));
    return "";
  }

  // The head alone: what it reads is computed once.
  Status OnFeatures(StartingModel& model, TrainingData data) {
    const auto start = Clock::now();
    const graph::Graph base = train::BaseAlone(*model.frozen);
    const TrainOptions& options = run_.options;
    GOLDCREST_TRY(run_.report.cache, MakeCacheFolder());
    const FeatureOptions plain{.cache_folder = run_.report.cache, .threads = options.threads};
    FeatureOptions changed = plain;
    changed.precision = options.decoding;
    if (options.augmentation != augment::Policy()) {
      changed.augmentation = options.augmentation;
      changed.variants = options.variants;
      changed.seed = options.fit.seed;
    }
    auto rows = [](const std::vector<TrainingSample>& samples, const FeatureOptions& of) {
      return static_cast<double>(std::ssize(samples) * of.variants);
    };
    const double learned = rows(data.training, changed);
    const double judged = rows(data.validation, plain);
    const double all = learned + judged + rows(data.test, plain);
    GOLDCREST_TRY(FeatureSource training,
                  FeaturesOf(base, data.training, changed, {0, learned / all}));
    GOLDCREST_TRY(FeatureSource validation, FeaturesOf(base, data.validation, plain,
                                                       {learned / all, (learned + judged) / all}));
    GOLDCREST_TRY(FeatureSource test,
                  FeaturesOf(base, data.test, plain, {(learned + judged) / all, 1}));
    data = {};
    run_.report.feature_seconds = MillisecondsSince(start) / 1000;
    if (training.size() == 0) {
      return Fail(ErrorCode::kInvalid,
                  "none of the pictures can be read; the first: ", run_.report.unreadable.front());
    }
    GOLDCREST_TRY(graph::Graph head, train::HeadAlone(*model.frozen));
    return FitAndJudge(run_, model, std::move(head), {training, validation, test});
  }

  // Of the work with all features, from and to.
  struct Shares {
    double first = 0, last = 1;
  };

  Result<FeatureSource> FeaturesOf(const graph::Graph& base,
                                   std::span<const TrainingSample> samples,
                                   const FeatureOptions& options, const Shares& shares) {
    GOLDCREST_TRY(Features features, ComputeFeatures(base, samples, options, [&](double share) {
                    run_.events.progress(shares.first + share * (shares.last - shares.first),
                                         "computing features");
                  }));
    TrainReport& report = run_.report;
    report.features_computed += features.pictures_computed;
    report.unreadable.insert(report.unreadable.end(), features.unreadable.begin(),
                             features.unreadable.end());
    if (features.not_kept) {
      report.warnings.push_back(
          base::Cat("features are not kept for the next run: ", features.not_kept->ToString()));
    }
    return FeatureSource(std::move(features));
  }

  // The whole network, or its last layers.
  Status OnPictures(StartingModel& model, TrainingData data) {
    data.ForgetHashes();
    PictureSourceOptions options{.contract = *model.graph.metadata.input_contract,
                                 .augmentation = run_.options.augmentation,
                                 .seed = run_.options.fit.seed,
                                 .threads = run_.options.threads,
                                 .precision = run_.options.decoding};
    GOLDCREST_TRY(const auto training, PictureSource::Create(data.training, options));
    options.augmentation = {};
    options.precision = decode::Precision::kExact;
    GOLDCREST_TRY(const auto validation, PictureSource::Create(data.validation, options));
    GOLDCREST_TRY(const auto test, PictureSource::Create(data.test, options));
    GOLDCREST_RETURN_IF_ERROR(
        FitAndJudge(run_, model, model.graph, {*training, *validation, *test}));
    for (const PictureSource* source : {training.get(), validation.get(), test.get()}) {
      for (std::string& picture : source->unreadable()) {
        run_.report.unreadable.push_back(std::move(picture));
      }
    }
    return {};
  }

  Status Write(graph::Graph graph) {
    if (!IsForTraining(run_.options.output)) {
      GOLDCREST_TRY(auto passes, passes::Run(graph, {.evaluate = api::ConstantEvaluator()}));
    }
    GOLDCREST_TRY(const std::vector<std::byte> file, EncodeModel(graph, run_.options.output));
    run_.report.file_bytes = file.size();
    return base::WriteFile(run_.options.output, file);
  }

  static Status CheckWritable(const std::string& path) {
    GOLDCREST_RETURN_IF_ERROR(CheckFormatName(path));
    GOLDCREST_TRY(const base::AtomicFile file, base::AtomicFile::Create(path));
    static_cast<void>(file);
    return {};
  }

  TrainingRun run_;
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
