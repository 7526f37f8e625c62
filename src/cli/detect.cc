#include "pipeline/detect.h"

#include <cstdio>
#include <memory>

#include "cli/picture_flags.h"
#include "cli/tuning_flag.h"

namespace goldcrest::cli {
namespace {

struct DetectFlags {
  pipeline::DetectOptions options;
  std::string tuning;
  bool json = false;
};

void PrintText(const pipeline::Detected& result) {
  std::printf("%s\n", Printable(result.file).c_str());
  if (result.detections.empty()) std::printf("  nothing\n");
  for (const pipeline::Detection& d : result.detections) {
    const std::string name = d.label.empty() ? base::Cat("class ", d.index) : Printable(d.label);
    std::printf("  %.4f %s at %.0f, %.0f to %.0f, %.0f\n", double{d.score}, name.c_str(), d.left,
                d.top, d.right, d.bottom);
  }
  if (!result.drawn.empty()) std::printf("  drawn: %s\n", Printable(result.drawn).c_str());
}

void PrintOneJson(const pipeline::Detected& result) {
  nlohmann::ordered_json json;
  json["file"] = result.file;
  json["detections"] = nlohmann::ordered_json::array();
  for (const pipeline::Detection& d : result.detections) {
    json["detections"].push_back(
        {{"index", d.index},
         {"label", d.label},
         {"score", d.score},
         {"box_px", {{"left", d.left}, {"top", d.top}, {"right", d.right}, {"bottom", d.bottom}}}});
  }
  if (!result.drawn.empty()) json["output"] = result.drawn;
  json["preprocess_ms"] = result.preprocess_ms;
  json["run_ms"] = result.run_ms;
  PrintJson(json);
}

Status Detect(DetectFlags& flags) {
  pipeline::DetectOptions& options = flags.options;
  GOLDCREST_TRY(options.tuning,
                LoadTuning(flags.tuning, options.threads, options.arithmetic, options.precision));
  PictureCount count;
  pipeline::DetectEvents events;
  events.started = [](const pipeline::PictureReport& report) { PrintNotes(report.notes); };
  events.detected = [&](const pipeline::Detected& result) {
    count.Done();
    if (flags.json) {
      PrintOneJson(result);
    } else {
      PrintText(result);
    }
    std::fflush(stdout);
  };
  events.failed = [&](const Error& error) { count.Failed(error); };
  GOLDCREST_RETURN_IF_ERROR(pipeline::Detect(options, events));
  return count.End("read");
}

}  // namespace

Action AddDetect(CLI::App& app) {
  auto flags = std::make_shared<DetectFlags>();
  pipeline::DetectOptions& options = flags->options;
  AddPictureModelFlags(app, options, flags->tuning);
  app.add_option("--threshold", options.threshold, "leave out what scores less")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("-o,--output", options.output,
                 "draw boxes: a .png for one picture, or a folder for many");
  app.add_flag("--json", flags->json, "print one JSON object a picture");
  return [flags] { return Detect(*flags); };
}

}  // namespace goldcrest::cli
