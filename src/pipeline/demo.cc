#include "pipeline/demo.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "drawing/contact_sheet.h"
#include "drawing/signs.h"
#include "pipeline/classify.h"
#include "pipeline/drawn_signs.h"
#include "pipeline/stopwatch.h"

namespace goldcrest::pipeline {
namespace {

using base::Cat;
using base::Fixed;
using drawing::Part;

constexpr size_t kDemoSteps = 7;
constexpr double kAlpha = 0.25;
constexpr int64_t kInputSide = 64;
constexpr int64_t kBatch = 16;
constexpr double kLearningRate = 0.05;
constexpr double kWarmUp = 2;
constexpr double kValidationShare = 0.1;
constexpr int64_t kNewOfEachSign = 2;
constexpr int64_t kNewSide = 160;
constexpr int64_t kSheetColumns = 6;

std::string AsPercent(double share) { return Cat(Fixed(share * 100, 1), " %"); }

std::string WithInterval(const evaluate::Share& share) {
  return Cat(AsPercent(share.value()), " (", Fixed(share.interval().low * 100, 1), " to ",
             Fixed(share.interval().high * 100, 1), ")");
}

// As a shell takes it.
std::string Quoted(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
  if (path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string quoted = "'";
  for (char c : path) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

class Demo {
 public:
  Demo(const DemoOptions& options, const DemoEvents& events)
      : options_(options), events_(events), report_{.files = DemoFiles(options.folder)} {}

  Result<DemoReport> Run() {
    GOLDCREST_RETURN_IF_ERROR(CheckFolder());
    GOLDCREST_RETURN_IF_ERROR(DrawSigns());
    GOLDCREST_RETURN_IF_ERROR(TrainNetwork());
    GOLDCREST_RETURN_IF_ERROR(ConvertModel());
    GOLDCREST_RETURN_IF_ERROR(QuantizeModel());
    GOLDCREST_RETURN_IF_ERROR(ProveAccuracy());
    GOLDCREST_RETURN_IF_ERROR(CompareSpeed());
    GOLDCREST_RETURN_IF_ERROR(ClassifyNewPictures());
    return std::move(report_);
  }

 private:
  const DemoFiles& files() const { return report_.files; }

  void Begin(std::string title, std::string command) {
    step_ = {.title = std::move(title), .command = std::move(command), .outcome = {}};
    start_ = Clock::now();
    events_.started(report_.steps.size() + 1, kDemoSteps, step_);
  }

  void End(std::vector<std::string> outcome) {
    step_.outcome = std::move(outcome);
    step_.seconds = MillisecondsSince(start_) / 1000;
    report_.steps.push_back(step_);
    events_.done(step_);
  }

  Status CheckFolder() {
    const std::string advice = "name another folder with -o";
    GOLDCREST_RETURN_IF_ERROR(Within(advice, MakeFolder(options_.folder)));
    GOLDCREST_TRY(const base::AtomicFile writable,
                  Within(advice, base::AtomicFile::Create(files().page)));
    static_cast<void>(writable);
    return {};
  }

  std::string Threads() const { return Cat(" --threads ", options_.threads); }

  Status DrawSigns() {
    const size_t classes = drawing::Signs().size();
    Begin(Cat("Draw photographs of ", classes, " traffic signs"), "");
    const int64_t all = options_.training_pictures + options_.test_pictures;
    const double middle =
        static_cast<double>(options_.training_pictures) / static_cast<double>(all);
    base::ThreadPool pool(options_.threads);
    GOLDCREST_RETURN_IF_ERROR(WriteDrawnSigns(
        {.folder = files().training_data,
         .part = Part::kTraining,
         .pictures = options_.training_pictures,
         .seed = options_.seed},
        pool, [&](double share) { events_.progress(share * middle, "drawing to learn from"); }));
    GOLDCREST_RETURN_IF_ERROR(WriteDrawnSigns({.folder = files().test_data,
                                               .part = Part::kTest,
                                               .pictures = options_.test_pictures,
                                               .seed = options_.seed},
                                              pool, [&](double share) {
                                                events_.progress(middle + share * (1 - middle),
                                                                 "drawing to test on");
                                              }));
    const auto count = static_cast<int64_t>(classes);
    End({Cat(options_.training_pictures * count, " to learn from, by day and at dusk, in ",
             files().training_data),
         Cat(options_.test_pictures * count,
             " to test on, also at night, in snow, before walls, and worse photographs, in ",
             files().test_data)});
    return {};
  }

  Status TrainNetwork() {
    Begin("Train a MobileNet on them, from nothing",
          Cat("goldcrest train ", Quoted(files().training_data), " --validation-split ",
              kValidationShare, " --architecture mobilenet_v1 --alpha ", kAlpha, " --input ",
              kInputSide, " --optimizer sgd --learning-rate ", kLearningRate, " --warm-up ",
              kWarmUp, " --batch ", kBatch, " --epochs ", options_.epochs, " --seed ",
              options_.seed, Threads(), " -o ", Quoted(files().trained)));
    TrainOptions train;
    train.data = {.data = files().training_data,
                  .validation = "",
                  .validation_share = kValidationShare,
                  .seed = options_.seed,
                  .fetch = {}};
    train.start.architecture.name = "mobilenet_v1";
    train.start.architecture.alpha = kAlpha;
    train.start.size = kInputSide;
    train.start.seed = options_.seed;
    train.fit.optimizer.algorithm = train::Algorithm::kSgd;
    train.fit.rate = kLearningRate;
    train.fit.warm_up = kWarmUp;
    train.fit.decay = train::Decay::kCosine;
    train.fit.epochs = options_.epochs;
    train.fit.seed = options_.seed;
    train.batch = kBatch;
    train.threads = options_.threads;
    train.output = files().trained;
    GOLDCREST_TRY(report_.training, Train(train, {.progress = events_.progress,
                                                  .epoch_done =
                                                      [&](const train::EpochReport& epoch) {
                                                        events_.epoch_done(epoch, options_.epochs);
                                                      },
                                                  .note = events_.note}));
    const TrainReport& trained = report_.training;
    if (trained.fit.ending == train::Ending::kInterrupted) {
      // The demo begins anew.
      std::error_code ignored;
      std::filesystem::remove(trained.checkpoint, ignored);
      return Fail(ErrorCode::kInterrupted, "stopped while training");
    }
    const train::EpochReport& last = trained.fit.epochs.back();
    std::vector<std::string> outcome = {Cat(Fixed(static_cast<double>(trained.learned) / 1e3, 1),
                                            " k weights learned from ", trained.training,
                                            " pictures at ", Fixed(last.samples_per_second, 0),
                                            " pictures a second")};
    if (trained.score) {
      outcome.push_back(Cat("right on ", AsPercent(last.training.accuracy),
                            " of the pictures that it learned from, on ",
                            AsPercent(trained.score->accuracy), " of ", trained.validation,
                            " others like them"));
    }
    End(std::move(outcome));
    return {};
  }

  Status ConvertModel() {
    Begin("Convert it to .tflite",
          Cat("goldcrest convert ", Quoted(files().trained), " -o ", Quoted(files().converted)));
    ConvertOptions convert;
    convert.input = files().trained;
    convert.output = files().converted;
    GOLDCREST_TRY(report_.conversion, Convert(convert));
    const ConvertReport& converted = report_.conversion;
    End({Cat(converted.operators_before, " operators became ", converted.operators_after, ", ",
             base::Bytes(converted.file_bytes)),
         Cat("checked: outputs moved by at most ",
             static_cast<float>(converted.check.difference.max_absolute), " on ",
             converted.check.sample)});
    return {};
  }

  Status QuantizeModel() {
    Begin("Make an integer model of it",
          Cat("goldcrest quantize ", Quoted(files().converted), " --to int8 --calibration ",
              Quoted(files().training_data), " --validate ", Quoted(files().test_data), Threads(),
              " -o ", Quoted(files().quantized)));
    QuantizeOptions quantize;
    quantize.input = files().converted;
    quantize.output = files().quantized;
    quantize.calibration = files().training_data;
    quantize.validate = files().test_data;
    quantize.threads = options_.threads;
    quantize.quantize.kind = quantize::Kind::kInt8;
    GOLDCREST_TRY(report_.quantization, Quantize(quantize, events_.progress));
    const QuantizeReport& quantized = report_.quantization;
    End({Cat(base::Bytes(report_.conversion.file_bytes), " became ",
             base::Bytes(quantized.file_bytes), ", its ranges from ", quantized.samples,
             " training pictures"),
         Cat("on the test pictures ",
             quantized.drop > 0 ? Cat(Fixed(quantized.drop, 2), " points of top-1 are lost")
                                : "nothing of top-1 is lost")});
    return {};
  }

  Status ProveAccuracy() {
    Begin("Prove what it can on pictures of another kind",
          Cat("goldcrest evaluate ", Quoted(files().converted), " ", Quoted(files().quantized),
              " --data ", Quoted(files().test_data), Threads()));
    EvaluateOptions evaluate;
    evaluate.models = {{.path = files().converted}, {.path = files().quantized}};
    evaluate.data = files().test_data;
    evaluate.threads = options_.threads;
    GOLDCREST_TRY(report_.evaluation, Evaluate(evaluate, [&](double share) {
                    events_.progress(share, "test pictures");
                  }));
    const evaluate::Summary& real = report_.evaluation.models[0].summary;
    const evaluate::Summary& integer = report_.evaluation.models[1].summary;
    End({Cat("float32 ", WithInterval(*real.top1), ", int8 ", WithInterval(*integer.top1),
             " right, with 95 % intervals"),
         Cat("the two agree on ", AsPercent(integer.agreement.value()), "; ",
             integer.only_first_right, " lost, ", integer.only_this_right,
             " won, p = ", Fixed(integer.p_value, 2), integer.p_value < 0.05 ? "" : ": luck")});
    return {};
  }

  Status CompareSpeed() {
    Begin("Compare size and speed",
          Cat("goldcrest compare ", Quoted(files().converted), " ", Quoted(files().quantized)));
    CompareOptions compare;
    compare.before = files().converted;
    compare.after = files().quantized;
    GOLDCREST_TRY(report_.comparison, Compare(compare, {.progress = events_.progress}));
    const CompareReport& compared = report_.comparison;
    const double real = compared.before.benchmark.run_ms.median * 1e3;
    const double integer = compared.after.benchmark.run_ms.median * 1e3;
    End({Cat("float32 ", Fixed(real, 0), " µs a picture, int8 ", Fixed(integer, 0),
             " µs, on one thread: ", NameOf(compared.speed.verdict), ", ",
             Fixed(compared.speed.ratio, 2), " of the time"),
         Cat("file ", base::Bytes(compared.before.file_bytes), " and ",
             base::Bytes(compared.after.file_bytes), ", memory for activations ",
             base::Bytes(compared.before.benchmark.arena_bytes), " and ",
             base::Bytes(compared.after.benchmark.arena_bytes))});
    return {};
  }

  // Draws the new pictures and writes them under names that say what is on them.
  Status DrawNewPictures() {
    GOLDCREST_RETURN_IF_ERROR(MakeFolder(files().new_pictures));
    const std::vector<drawing::Sign>& signs = drawing::Signs();
    for (int64_t index = 0; index < kNewOfEachSign; ++index) {
      for (size_t sign = 0; sign < signs.size(); ++sign) {
        DemoAnswer answer;
        answer.sign = signs[sign].name;
        answer.file = Cat(files().new_pictures, "/", answer.sign, "_", index + 1, ".png");
        answer.picture = drawing::Draw({.sign = sign,
                                        .part = Part::kNew,
                                        .index = index,
                                        .seed = options_.seed,
                                        .side = kNewSide});
        GOLDCREST_RETURN_IF_ERROR(WritePng(answer.file, answer.picture));
        report_.answers.push_back(std::move(answer));
      }
    }
    return {};
  }

  Status ClassifyNewPictures() {
    Begin("Name new pictures with the integer model",
          Cat("goldcrest classify ", Quoted(files().quantized), " ", Quoted(files().new_pictures),
              " --top 1"));
    GOLDCREST_RETURN_IF_ERROR(DrawNewPictures());
    ClassifyOptions classify;
    classify.model = files().quantized;
    for (const DemoAnswer& answer : report_.answers) classify.pictures.push_back(answer.file);
    classify.top = 1;
    Status failed;
    GOLDCREST_RETURN_IF_ERROR(Classify(
        classify, {.started = [](const PictureReport&) {},
                   .classified =
                       [&](const Classified& classified) {
                         auto answer =
                             std::ranges::find(report_.answers, classified.file, &DemoAnswer::file);
                         answer->answer = classified.top.front().label;
                         answer->score = classified.top.front().score;
                       },
                   .failed = [&](const Error& error) { failed = std::unexpected(error); }}));
    GOLDCREST_RETURN_IF_ERROR(failed);
    std::vector<drawing::SheetCell> cells;
    for (const DemoAnswer& answer : report_.answers) {
      auto words = [](std::string name) {
        std::ranges::replace(name, '_', ' ');
        return name;
      };
      cells.push_back({.picture = answer.picture,
                       .title = Cat(words(answer.answer), " ", Fixed(answer.score * 100, 0), "%"),
                       .subtitle = answer.right() ? "right" : Cat("is ", words(answer.sign)),
                       .right = answer.right()});
    }
    GOLDCREST_RETURN_IF_ERROR(
        WritePng(files().sheet, drawing::DrawContactSheet(cells, kSheetColumns)));
    const auto right = std::ranges::count_if(report_.answers, &DemoAnswer::right);
    End({Cat(right, " of ", report_.answers.size(), " are right; all of them on ", files().sheet)});
    return {};
  }

  const DemoOptions& options_;
  const DemoEvents& events_;
  DemoReport report_;
  DemoStep step_;
  Clock::time_point start_;
};

}  // namespace

DemoFiles::DemoFiles(const std::string& folder)
    : training_data(Cat(folder, "/signs/train")),
      test_data(Cat(folder, "/signs/test")),
      new_pictures(Cat(folder, "/new")),
      trained(Cat(folder, "/signs.keras")),
      converted(Cat(folder, "/signs.tflite")),
      quantized(Cat(folder, "/signs_int8.tflite")),
      sheet(Cat(folder, "/answers.png")),
      page(Cat(folder, "/report.html")) {}

Result<DemoReport> RunDemo(const DemoOptions& options, const DemoEvents& events) {
  return Demo(options, events).Run();
}

}  // namespace goldcrest::pipeline
