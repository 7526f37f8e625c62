#include "pipeline/demo.h"

#include <cstdio>
#include <memory>
#include <thread>

#include "base/file.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "report/demo_page.h"

namespace goldcrest::cli {
namespace {

void PrintStep(size_t number, size_t steps, const pipeline::DemoStep& step) {
  std::string text = base::Cat(number == 1 ? "" : "\n", number, "/", steps, "  ", step.title, "\n");
  if (!step.command.empty()) text += base::Cat("     $ ", Printable(step.command), "\n");
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void PrintOutcome(const pipeline::DemoStep& step) {
  std::string text;
  for (const std::string& line : step.outcome) text += base::Cat("     ", Printable(line), "\n");
  text += base::Cat("     ", base::Fixed(step.seconds, 1), " s\n");
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

Status Demo(const pipeline::DemoOptions& options) {
  auto progress = std::make_unique<Progress>();
  const pipeline::DemoEvents events = {
      .started =
          [&](size_t number, size_t steps, const pipeline::DemoStep& step) {
            PrintStep(number, steps, step);
            progress = std::make_unique<Progress>();
          },
      .progress = [&](double share,
                      const std::string& doing) { progress->ShowWithTimeLeft(share, doing); },
      .epoch_done =
          [&](const train::EpochReport& epoch, int64_t epochs) {
            if (epoch.epoch % 5 != 0 && epoch.epoch != epochs) return;
            progress->Print(base::Cat("     epoch ", epoch.epoch, "/", epochs, "  loss ",
                                      base::Fixed(epoch.training.loss, 4), "  accuracy ",
                                      Percent(epoch.training.accuracy)));
          },
      .note =
          [&](const std::string& text) { progress->Print(base::Cat("note: ", Printable(text))); },
      .done =
          [&](const pipeline::DemoStep& step) {
            progress.reset();
            PrintOutcome(step);
          }};
  GOLDCREST_TRY(const pipeline::DemoReport report, pipeline::RunDemo(options, events));
  progress.reset();
  const pipeline::DemoFiles& files = report.files;
  GOLDCREST_RETURN_IF_ERROR(
      base::WriteFile(files.page, base::AsBytes(report::DemoPage(options, report))));
  double seconds = 0;
  for (const pipeline::DemoStep& step : report.steps) seconds += step.seconds;
  const std::string text = base::Cat(
      "\nDone in ", base::Fixed(seconds, 0), " s.\n", "  the whole story   ", Printable(files.page),
      "\n", "  the answers       ", Printable(files.sheet), "\n", "  the pictures      ",
      Printable(files.training_data), ", ", Printable(files.test_data), "\n",
      "  the models        ", Printable(files.trained), ", ", Printable(files.converted), ", ",
      Printable(files.quantized), "\n", "Try next:\n", "  goldcrest inspect ",
      Printable(files.quantized), "\n",
      "  goldcrest train your_photos/ --architecture mobilenet_v1 --alpha 0.25 --input 96 "
      "-o yours.keras\n");
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace

Action AddDemo(CLI::App& app) {
  auto options = std::make_shared<pipeline::DemoOptions>();
  options->threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("-o,--output", options->folder, "folder for all that is written")
      ->capture_default_str();
  app.add_option("--seed", options->seed, "of the pictures, the weights and their order")
      ->capture_default_str();
  app.add_option("--pictures", options->training_pictures, "to learn from, of each sign")
      ->check(CLI::Range(4, 10000))
      ->capture_default_str();
  app.add_option("--test-pictures", options->test_pictures, "to test on, of each sign")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--epochs", options->epochs, "times that every picture is seen")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--threads", options->threads, "threads to work with (default: all cores)")
      ->check(CLI::Range(1, 1024));
  return [options] { return Demo(*options); };
}

}  // namespace goldcrest::cli
