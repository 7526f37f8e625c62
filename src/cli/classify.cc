#include "pipeline/classify.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/picture_flags.h"
#include "cli/tuning_flag.h"

namespace goldcrest::cli {
namespace {

constexpr int kBarWidth = 20;

struct ClassifyFlags {
  pipeline::ClassifyOptions options;
  std::string tuning;
  bool json = false;
};

// `share` of kBarWidth in eighths of a character.
std::string Bar(double share) {
  constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  int eighths = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * kBarWidth * 8));
  std::string bar;
  for (int i = 0; i < eighths / 8; ++i) bar += "█";
  bar += kParts[eighths % 8];
  int width = (eighths + 7) / 8;
  return bar + std::string(static_cast<size_t>(kBarWidth - width), ' ');
}

void PrintText(const pipeline::Classified& result) {
  std::printf("%s\n", Printable(result.file).c_str());
  for (const pipeline::LabelledScore& best : result.top) {
    std::string name = best.label.empty() ? base::Cat("class ", best.index) : Printable(best.label);
    std::printf("  %.4f %s %s\n", static_cast<double>(best.score), Bar(best.score).c_str(),
                name.c_str());
  }
  std::fflush(stdout);
}

void PrintOneJson(const pipeline::Classified& result, const pipeline::PictureReport& report) {
  nlohmann::ordered_json json;
  json["file"] = result.file;
  json["top"] = nlohmann::ordered_json::array();
  for (const pipeline::LabelledScore& best : result.top) {
    json["top"].push_back({{"index", best.index}, {"label", best.label}, {"score", best.score}});
  }
  json["preprocess_ms"] = result.preprocess_ms;
  json["run_ms"] = result.run_ms;
  json["input_contract_from"] = report.input_contract_from;
  PrintJson(json);
  std::fflush(stdout);
}

Status Classify(ClassifyFlags& flags) {
  pipeline::ClassifyOptions& options = flags.options;
  GOLDCREST_TRY(options.tuning,
                LoadTuning(flags.tuning, options.threads, options.arithmetic, options.precision));
  pipeline::PictureReport report;
  PictureCount count;
  pipeline::ClassifyEvents events;
  events.started = [&](const pipeline::PictureReport& started) {
    report = started;
    PrintNotes(report.notes);
  };
  events.classified = [&](const pipeline::Classified& result) {
    count.Done();
    if (flags.json) {
      PrintOneJson(result, report);
    } else {
      PrintText(result);
    }
  };
  events.failed = [&](const Error& error) { count.Failed(error); };
  GOLDCREST_RETURN_IF_ERROR(pipeline::Classify(options, events));
  return count.End("classified");
}

}  // namespace

Action AddClassify(CLI::App& app) {
  auto flags = std::make_shared<ClassifyFlags>();
  pipeline::ClassifyOptions& options = flags->options;
  AddPictureModelFlags(app, options, flags->tuning);
  app.add_option("--top", options.top, "how many classes to print for each picture")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_flag("--json", flags->json, "print one JSON object a picture");
  return [flags] { return Classify(*flags); };
}

}  // namespace goldcrest::cli
