#include "pipeline/segment.h"

#include <cstdio>
#include <memory>

#include "cli/picture_flags.h"
#include "cli/tuning_flag.h"

namespace goldcrest::cli {
namespace {

struct SegmentFlags {
  pipeline::SegmentOptions options;
  std::string tuning;
  bool json = false;
};

void PrintText(const pipeline::Segmented& result) {
  std::printf("%s\n", Printable(result.file).c_str());
  for (const pipeline::SegmentShare& part : result.classes) {
    const std::string name =
        part.label.empty() ? base::Cat("class ", part.index) : Printable(part.label);
    std::printf("  %7s %s\n", Percent(part.share).c_str(), name.c_str());
  }
  if (!result.drawn.empty()) std::printf("  drawn: %s\n", Printable(result.drawn).c_str());
}

void PrintOneJson(const pipeline::Segmented& result) {
  nlohmann::ordered_json json;
  json["file"] = result.file;
  json["classes"] = nlohmann::ordered_json::array();
  for (const pipeline::SegmentShare& part : result.classes) {
    json["classes"].push_back(
        {{"index", part.index}, {"label", part.label}, {"share", part.share}});
  }
  if (!result.drawn.empty()) json["output"] = result.drawn;
  json["preprocess_ms"] = result.preprocess_ms;
  json["run_ms"] = result.run_ms;
  PrintJson(json);
}

Status Segment(SegmentFlags& flags) {
  pipeline::SegmentOptions& options = flags.options;
  GOLDCREST_TRY(options.tuning,
                LoadTuning(flags.tuning, options.threads, options.arithmetic, options.precision));
  PictureCount count;
  pipeline::SegmentEvents events;
  events.started = [](const pipeline::PictureReport& report) { PrintNotes(report.notes); };
  events.segmented = [&](const pipeline::Segmented& result) {
    count.Done();
    if (flags.json) {
      PrintOneJson(result);
    } else {
      PrintText(result);
    }
    std::fflush(stdout);
  };
  events.failed = [&](const Error& error) { count.Failed(error); };
  GOLDCREST_RETURN_IF_ERROR(pipeline::Segment(options, events));
  return count.End("read");
}

}  // namespace

Action AddSegment(CLI::App& app) {
  auto flags = std::make_shared<SegmentFlags>();
  pipeline::SegmentOptions& options = flags->options;
  AddPictureModelFlags(app, options, flags->tuning);
  app.add_option("--opacity", options.opacity, "of the colours: 1 hides the picture")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("-o,--output", options.output,
                 "colour each class: a .png for one picture, or a folder for many");
  app.add_flag("--json", flags->json, "print one JSON object a picture");
  return [flags] { return Segment(*flags); };
}

}  // namespace goldcrest::cli
