#include "pipeline/train.h"

#include <cstdio>
#include <memory>
#include <thread>

#include "base/file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/train_report.h"
#include "report/training_page.h"

namespace goldcrest::cli {
namespace {

struct TrainFlags {
  pipeline::TrainOptions options;
  std::string optimizer = "adam";
  std::string schedule;
  std::string cache;
  std::string fine_tune;
  std::string augment;
  std::string batch_norm;
  CLI::Option* rate = nullptr;
  bool no_cache = false;
  std::string html;
  bool json = false;
};

// "40", "all", or nothing.
Result<std::optional<int64_t>> ParseFineTune(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (text == "all") return pipeline::kAllLayers;
  int64_t layers = 0;
  if (base::ParseInt(text, layers) && layers > 0) return layers;
  return Fail(ErrorCode::kUsage, "--fine-tune is '", text,
              "'; it is the number of layers at the end that are learned, or all");
}

std::string EpochLine(const train::EpochReport& report, int64_t epochs) {
  std::string line = base::Cat("epoch ", report.epoch, "/", epochs, "  loss ",
                               base::Fixed(report.training.loss, 4), "  accuracy ",
                               Percent(report.training.accuracy));
  if (report.validation) {
    line += base::Cat("  validation loss ", base::Fixed(report.validation->loss, 4), "  accuracy ",
                      Percent(report.validation->accuracy), report.best ? "  *" : "");
  }
  return line;
}

// Every flag with what it is set to, by the user or from the start.
std::vector<std::vector<std::string>> Settings(CLI::App& app) {
  std::vector<std::vector<std::string>> rows;
  for (CLI::Option* option : app.get_options()) {
    if (option->get_name() == "--help") continue;
    option->capture_default_str();
    std::string value =
        option->count() > 0 ? base::Join(option->results(), " ") : option->get_default_str();
    if (!value.empty()) rows.push_back({option->get_name(), std::move(value)});
  }
  return rows;
}

Status WritePages(CLI::App& app, const TrainFlags& flags, const pipeline::TrainReport& report) {
  std::vector<std::string> paths;
  if (!flags.html.empty()) paths.push_back(flags.html);
  if (const std::string& folder = flags.options.log.folder; !folder.empty()) {
    paths.push_back(base::Cat(folder, "/report.html"));
  }
  if (paths.empty()) return {};
  const std::string page = report::TrainingPage(report, Settings(app));
  for (const std::string& path : paths) {
    GOLDCREST_RETURN_IF_ERROR(base::WriteFile(path, base::AsBytes(page)));
  }
  return {};
}

Status Train(CLI::App& app, TrainFlags& flags) {
  pipeline::TrainOptions& options = flags.options;
  if (options.output.empty()) {
    return Fail(ErrorCode::kUsage, "name the file to write with -o; see goldcrest train --help");
  }
  if (options.start.from.empty() && options.start.architecture.name.empty()) {
    return Fail(
        ErrorCode::kUsage,
        "name the model to start from with --from, or a new network with --architecture; see "
        "goldcrest train --help");
  }
  GOLDCREST_TRY(options.fit.optimizer.algorithm, train::ParseAlgorithm(flags.optimizer));
  if (!flags.cache.empty()) options.cache_folder = flags.cache;
  if (flags.no_cache) options.cache_folder = "";
  options.data.seed = options.fit.seed;
  options.start.seed = options.fit.seed;
  GOLDCREST_TRY(options.start.fine_tune, ParseFineTune(flags.fine_tune));
  GOLDCREST_TRY(options.augmentation, augment::ParsePolicy(flags.augment));
  const bool head_alone = !options.start.fine_tune && options.start.architecture.name.empty();
  if (head_alone && options.augmentation.mixup > 0) {
    return Fail(ErrorCode::kUsage,
                "mixup goes with --fine-tune or --architecture: a head alone learns from some "
                "variants of each picture by itself");
  }
  if (flags.schedule.empty()) flags.schedule = head_alone ? "constant" : "cosine";
  GOLDCREST_TRY(options.fit.decay, train::ParseDecay(flags.schedule));
  // What is learned already is disturbed by large steps, unless all of it may move.
  constexpr double kFineRate = 1e-4;
  const bool whole = !options.start.fine_tune || *options.start.fine_tune == pipeline::kAllLayers;
  if (flags.rate->count() == 0 && !whole) options.fit.rate = kFineRate;
  if (!flags.batch_norm.empty()) options.start.batch_statistics = flags.batch_norm == "train";
  auto progress = std::make_unique<Progress>();
  GOLDCREST_TRY(
      const pipeline::TrainReport report,
      pipeline::Train(options, {.progress =
                                    [&](double share, const std::string& doing) {
                                      progress->ShowWithTimeLeft(share, doing);
                                    },
                                .epoch_done =
                                    [&](const train::EpochReport& done) {
                                      progress->Print(EpochLine(done, options.fit.epochs));
                                    },
                                .note =
                                    [&](const std::string& text) {
                                      progress->Print(base::Cat("note: ", Printable(text)));
                                    }}));
  progress.reset();
  PrintNotes(report.notes);
  for (const std::string& warning : report.warnings) {
    std::fprintf(stderr, "warning: %s\n", Printable(warning).c_str());
  }
  PrintUnreadable("pictures", report.unreadable);
  PrintDiagnosis(report.diagnosis);
  if (report.file_bytes > 0) {
    GOLDCREST_RETURN_IF_ERROR(WritePages(app, flags, report));
    if (flags.json) {
      PrintJson(TrainingJson(options, report));
    } else {
      PrintTrainingReport(options, report);
    }
  }
  if (report.fit.ending != train::Ending::kInterrupted) return {};
  return Fail(ErrorCode::kInterrupted, "stopped in epoch ", report.fit.epochs.size() + 1, " of ",
              options.fit.epochs, "; ",
              report.file_bytes > 0 ? base::Cat(options.output, " is the best so far")
                                    : base::Cat("there is no model yet"),
              report.checkpoint.empty() ? "" : "; the same command with --resume goes on");
}

void AddFitFlags(CLI::App& app, TrainFlags& flags) {
  pipeline::TrainOptions& options = flags.options;
  train::FitOptions& fit = options.fit;
  app.add_option("--epochs", fit.epochs, "times that every picture is seen (default 20)")
      ->check(CLI::PositiveNumber);
  app.add_option("--batch,--batch-size", options.batch, "pictures of a step (default 32)")
      ->check(CLI::Range(1, 4096));
  app.add_option("--optimizer", flags.optimizer, "sgd, adam (default), adamw or rmsprop");
  flags.rate =
      app.add_option("--learning-rate", fit.rate,
                     "of the optimizer (default 0.001, with --fine-tune of some layers 0.0001)")
          ->check(CLI::PositiveNumber);
  app.add_option(
      "--schedule", flags.schedule,
      "of the learning rate: constant, cosine, step (default: constant for a head alone, "
      "else cosine)");
  app.add_option("--warm-up", fit.warm_up, "epochs in which the learning rate rises from 0")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--momentum", fit.optimizer.momentum, "of sgd and rmsprop (default 0.9)")
      ->check(CLI::Range(0.0, 0.9999));
  app.add_flag("--nesterov", fit.optimizer.nesterov, "sgd looks ahead");
  app.add_option("--weight-decay", fit.optimizer.weight_decay,
                 "share of the weights that goes at each step, times the learning rate")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--clip-norm", fit.optimizer.clip_norm, "longest gradient (default: any)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--label-smoothing", fit.loss.label_smoothing,
                 "share of each label that all classes have (default 0)")
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--ema", fit.average,
                 "keep a moving average of the parameters instead, of this decay, such as 0.999")
      ->check(CLI::Range(0.0, 0.99999));
  app.add_option("--patience", fit.patience,
                 "stop after so many epochs without a better validation loss (default: never)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--stop-at", fit.stop_at, "stop at this validation accuracy, such as 0.95")
      ->check(CLI::Range(0.0, 1.0));
  app.add_flag("--resume", options.resume,
               "go on from the checkpoint of the same command that was broken off, to the same "
               "model; begin anew where there is none");
  app.add_option("--checkpoint-every", fit.checkpoint_seconds,
                 "seconds from one checkpoint (OUTPUT.checkpoint) to the next (default 60)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--seed", fit.seed, "of weights, order and split (default 0)");
}

}  // namespace

Action AddTrain(CLI::App& app) {
  auto flags = std::make_shared<TrainFlags>();
  pipeline::TrainOptions& options = flags->options;
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("data", options.data.data,
                 "pictures with classes: a folder for each class (or such folders in train/ and "
                 "validation/), a list of paths and labels, CIFAR-10's .bin, .npz")
      ->required();
  app.add_option("--from", options.start.from,
                 "the model to start from: Keras .keras or .h5, .tflite");
  app.add_option("--fine-tune", flags->fine_tune,
                 "learn the last so many layers too, or all (default: the head alone)");
  app.add_option(
      "--augment", flags->augment,
      "what is done to pictures that are learned from: default (flip,crop,jitter), or of "
      "flip, crop:SHARE, rotate:DEGREES, jitter:STRENGTH, mixup:SHAPE, cutout:PIXELS "
      "(default: nothing)");
  app.add_option(
         "--batch-norm", flags->batch_norm,
         "of layers that are learned: frozen, with the statistics that are stored, or train, "
         "with each batch's own (default: frozen for some layers, train for all)")
      ->check(CLI::IsMember({"frozen", "train"}));
  app.add_option("--architecture", options.start.architecture.name,
                 "a new network instead: mobilenet_v1, mobilenet_v2, mobilenet_v3_small, "
                 "mobilenet_v3_large (V3 also with _minimalistic)");
  app.add_option("--alpha", options.start.architecture.alpha, "its width multiplier (default 1)");
  app.add_option("-o,--output", options.output, "the model to write: .keras, .h5 or .tflite");
  app.add_option("--head", options.start.head,
                 "layers before the last: dense:UNITS and dropout:RATE, such as "
                 "dense:128,dropout:0.2 (default: none)");
  app.add_option("--validation", options.data.validation,
                 "data to judge by (default: a part of the data)");
  app.add_option("--validation-split", options.data.validation_share,
                 "that part, of every class (default 0.2)")
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--test", options.data.test,
                 "data to test with in the end, which decide nothing before (default: none)");
  app.add_option("--test-split", options.data.test_share,
                 "a part of every class for the test instead (default 0)")
      ->check(CLI::Range(0.0, 0.9));
  app.add_option("--input,--size", options.start.size,
                 "side of the model's pictures in pixels (default: as the model has it)")
      ->check(CLI::Range(8, 4096));
  AddPrecisionFlag(app, options.precision);
  app.add_flag("--balanced", options.balanced, "classes weigh as if all had as many pictures");
  AddFitFlags(app, *flags);
  AddContractFlags(app, options.start.contract);
  AddFetchFlags(app, options.data.fetch);
  AddDecodeFlag(app, options.decoding);
  app.add_option("--cache", flags->cache,
                 "folder that keeps what the base makes of pictures (default ~/.cache/goldcrest)");
  app.add_flag("--no-cache", flags->no_cache, "keep nothing");
  app.add_option("--variants", options.variants,
                 "changed pictures of each, where a head alone learns with --augment (default 4)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--threads", options.threads, "threads to work with (default: all cores)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--log", options.log.folder,
                 "folder for log.csv, a line an epoch, report.html, a page with curves, and event "
                 "files for TensorBoard");
  app.add_flag("--log-histograms", options.log.histograms,
               "parameters of each epoch in the event files");
  app.add_flag("--log-pictures", options.log.pictures,
               "some pictures of each class as the network sees them in the event files");
  app.add_option("--html", flags->html, "write the page with curves to this file");
  app.add_flag("--json", flags->json, "print the report as JSON");
  return [flags, &app] { return Train(app, *flags); };
}

}  // namespace goldcrest::cli
