#include <cstdio>
#include <memory>

#include "cli/command.h"
#include "cli/tuning_flag.h"
#include "pipeline/run_tensors.h"

namespace goldcrest::cli {
namespace {

struct RunFlags {
  pipeline::RunOptions options;
  std::string tuning;
  bool json = false;
};

Status Run(RunFlags& flags) {
  pipeline::RunOptions& options = flags.options;
  GOLDCREST_TRY(options.tuning,
                LoadTuning(flags.tuning, options.threads, options.arithmetic, options.precision));
  GOLDCREST_TRY(pipeline::RunReport report, pipeline::RunTensors(options));
  PrintNotes(report.notes);
  if (flags.json) {
    nlohmann::ordered_json json;
    json["model"] = flags.options.model;
    for (const auto& output : report.outputs) {
      json["outputs"].push_back(
          {{"name", output.name}, {"type", output.type_and_shape}, {"file", output.file}});
    }
    json["layers"] = report.layer_count;
    json["run_ms"] = report.run_ms;
    PrintJson(json);
    return {};
  }
  for (const auto& output : report.outputs) {
    std::printf("output  %s %s%s\n", Printable(output.name).c_str(), output.type_and_shape.c_str(),
                output.file.empty() ? "" : base::Cat(" -> ", output.file).c_str());
  }
  if (!flags.options.layers.empty()) {
    std::printf("layers  %zu arrays -> %s\n", report.layer_count, flags.options.layers.c_str());
  }
  return {};
}

}  // namespace

Action AddRun(CLI::App& app) {
  auto flags = std::make_shared<RunFlags>();
  pipeline::RunOptions& options = flags->options;
  app.add_option("model", options.model, "the model: .tflite, Keras .keras or .h5")->required();
  app.add_option("--input", options.inputs,
                 "a .npy file, or NAME=FILE.npy; may be repeated, in the model's order")
      ->required()
      ->allow_extra_args(false);
  app.add_option("--output", options.outputs, "the .npy file to write, or NAME=FILE.npy")
      ->allow_extra_args(false);
  app.add_option("--layers", options.layers, "an .npz file for every value, by its name");
  AddInputShapesFlag(app, options.input_shapes);
  AddEndsFlags(app, options.import);
  AddArithmeticFlag(app, options.arithmetic);
  AddPrecisionFlag(app, options.precision);
  AddCacheFlag(app, options.cache);
  AddTuningFlag(app, flags->tuning);
  app.add_option("--threads", options.threads, "threads to compute with")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_flag("--json", flags->json, "print the report as JSON");
  return [flags] { return Run(*flags); };
}

}  // namespace goldcrest::cli
