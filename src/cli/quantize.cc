#include "pipeline/quantize.h"

#include <cmath>
#include <cstdio>
#include <memory>
#include <thread>

#include "cli/command.h"
#include "cli/evaluation_table.h"
#include "cli/progress.h"

namespace goldcrest::cli {
namespace {

constexpr size_t kWorstLayers = 8;

struct Flags {
  pipeline::QuantizeOptions options;
  std::string to;
  std::string io;
  std::string ranges = "auto";
  std::string effort = "default";
  bool json = false;
};

Result<tensor::DType> ParseIo(const std::string& text) {
  using tensor::DType;
  for (DType dtype : {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}) {
    if (text == tensor::NameOf(dtype)) return dtype;
  }
  return Fail(ErrorCode::kUsage, "--io is '", text, "'; it can be float32, int8, uint8 or int16");
}

// The float model and the quantized one on the data.
nlohmann::ordered_json EvaluationJson(const pipeline::EvaluateReport& report) {
  const evaluate::Summary& real = report.models[0].summary;
  const evaluate::Summary& summary = report.models[1].summary;
  nlohmann::ordered_json json = {{"data", report.data}, {"pictures", summary.pictures}};
  if (summary.top1) {
    const evaluate::Interval interval = summary.top1->interval();
    json["float_top1"] = real.top1->value() * 100;
    json["float_top5"] = real.top5->value() * 100;
    json["top1"] = summary.top1->value() * 100;
    json["top1_low"] = interval.low * 100;
    json["top1_high"] = interval.high * 100;
    json["top5"] = summary.top5->value() * 100;
    json["only_float_right"] = summary.only_first_right;
    json["only_quantized_right"] = summary.only_this_right;
    json["p_value"] = summary.p_value;
  }
  json["agreement"] = summary.agreement.value() * 100;
  json["kl"] = summary.divergence;
  return json;
}

nlohmann::ordered_json ToJson(const Flags& flags, const pipeline::QuantizeReport& report) {
  nlohmann::ordered_json json;
  json["input"] = flags.options.input;
  json["output"] = flags.options.output;
  json["to"] = quantize::NameOf(flags.options.quantize.kind);
  json["weight_bytes_before"] = report.weight_bytes_before;
  json["file_bytes"] = report.file_bytes;
  json["model_input"] = report.input;
  json["model_output"] = report.output;
  json["input_contract"] = report.input_contract;
  json["calibrated_on"] = report.calibrated_on;
  json["calibration_samples"] = report.samples;
  json["unreadable_samples"] = report.unreadable;
  json["time_s"] = report.seconds;
  json["equalized_channels"] = report.quantize.channels.equalized;
  json["channels_left_alone"] = report.quantize.channels.left_alone;
  json["absorbed_channels"] = report.quantize.channels.absorbed;
  json["kept_layers"] = nlohmann::ordered_json::array();
  for (const pipeline::KeptLayer& layer : report.kept) {
    json["kept_layers"].push_back({{"name", layer.name}, {"type", tensor::NameOf(layer.dtype)}});
  }
  if (report.evaluation) json["evaluation"] = EvaluationJson(*report.evaluation);
  if (report.evaluation) json["drop"] = report.drop;
  if (report.max_drop) json["max_drop"] = *report.max_drop;
  json["within_budget"] = report.within_budget();
  json["layers"] = nlohmann::ordered_json::array();
  for (const pipeline::LayerLoss& layer : report.layers) {
    nlohmann::ordered_json row = {{"name", layer.name},
                                  {"operator", layer.op},
                                  {"type", tensor::NameOf(layer.dtype)},
                                  {"added_noise", layer.added_noise}};
    if (!std::isinf(layer.sqnr_db)) row["sqnr_db"] = layer.sqnr_db;
    json["layers"].push_back(std::move(row));
  }
  json["warnings"] = report.quantize.warnings;
  json["notes"] = report.quantize.notes;
  return json;
}

std::string LayersTable(const pipeline::QuantizeReport& report) {
  const std::vector<size_t> worst = pipeline::WorstLayers(report.layers, kWorstLayers);
  if (worst.empty()) return "";
  Table table({"layers that lose most", "operator", "type", "SQNR dB", "noise added %"}, {3, 4});
  for (size_t i : worst) {
    const pipeline::LayerLoss& layer = report.layers[i];
    table.Add({Printable(layer.name), std::string(layer.op),
               std::string(tensor::NameOf(layer.dtype)), Decibels(layer.sqnr_db),
               base::Fixed(100 * layer.added_noise, 3)});
  }
  return base::Cat("\n", table.ToString());
}

std::string Proof(const Flags& flags, const pipeline::QuantizeReport& report) {
  std::string text;
  if (report.evaluation) {
    const bool validated = !flags.options.validate.empty();
    text += base::Cat("\non ", Printable(report.evaluation->data),
                      validated ? "" : ", which it was calibrated on", "\n",
                      ModelsTable(*report.evaluation));
  }
  text += LayersTable(report);
  if (!report.kept.empty()) {
    text += base::Cat("\nkept in wider types: ", report.kept.size(), " layers\n");
    for (const pipeline::KeptLayer& layer : report.kept) {
      text += base::Cat("  ", Printable(layer.name), "  ", tensor::NameOf(layer.dtype), "\n");
    }
  }
  return text;
}

void PrintReport(const Flags& flags, const pipeline::QuantizeReport& report) {
  const bool written = report.within_budget() || flags.options.force;
  std::string text;
  text += base::Cat("input      ", report.input, "\n");
  text += base::Cat("output     ", report.output, "\n");
  if (!report.input_contract.empty()) text += base::Cat("pictures   ", report.input_contract, "\n");
  if (report.samples > 0) text += base::Cat("calibrated ", report.calibrated_on, "\n");
  text += base::Cat(written ? "written    " : "not written  ", flags.options.output, ", ",
                    base::Bytes(report.file_bytes), " (weights were ",
                    base::Bytes(report.weight_bytes_before), "), in ",
                    base::Fixed(report.seconds, 1), " s\n");
  text += Proof(flags, report);
  std::fputs(text.c_str(), stdout);
}

// An error where more was lost than may be, and no force was used.
Status CheckBudget(const pipeline::QuantizeOptions& options,
                   const pipeline::QuantizeReport& report) {
  if (report.within_budget() || options.force) return {};
  const evaluate::Summary& summary = report.evaluation->models[1].summary;
  const bool mixed = options.quantize.kind == quantize::Kind::kMixed;
  return Fail(ErrorCode::kInvalid, options.output,
              " was not written: ", base::Fixed(report.drop, 2), " points of ",
              summary.top1 ? "top-1" : "agreement with the float model",
              " are lost, and --max-drop is ", *report.max_drop,
              mixed ? ", whatever layers are kept in wider types"
                    : "; --to mixed keeps the layers that lose most in wider types",
              options.quantize.recipe.high_effort ? "" : ", --effort high loses less",
              ", and --force writes the file all the same");
}

Status Quantize(Flags& flags) {
  pipeline::QuantizeOptions& options = flags.options;
  if (options.output.empty()) {
    return Fail(ErrorCode::kUsage, "name the file to write with -o; see goldcrest quantize --help");
  }
  GOLDCREST_TRY(options.quantize.kind, quantize::ParseKind(flags.to));
  if (!flags.io.empty()) {
    GOLDCREST_TRY(options.quantize.io, ParseIo(flags.io));
  }
  if (flags.ranges != "auto") {
    GOLDCREST_TRY(options.quantize.ranges, quantize::ParseRangeMethod(flags.ranges));
  }
  options.quantize.recipe.high_effort = flags.effort == "high";
  Progress progress;
  GOLDCREST_TRY(pipeline::QuantizeReport report,
                pipeline::Quantize(options, [&](double share, const std::string& doing) {
                  progress.Show(share, doing);
                }));
  PrintNotes(report.notes);
  for (const std::string& warning : report.quantize.warnings) {
    std::fprintf(stderr, "warning: %s\n", Printable(warning).c_str());
  }
  PrintNotes(report.quantize.notes);
  PrintUnreadable("calibration samples", report.unreadable);
  if (flags.json) {
    PrintJson(ToJson(flags, report));
  } else {
    PrintReport(flags, report);
  }
  return CheckBudget(options, report);
}

}  // namespace

Action AddQuantize(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  pipeline::QuantizeOptions& options = flags->options;
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  app.add_option("model", options.input, "the float model: Keras .keras or .h5, .tflite")
      ->required();
  app.add_option("-o,--output", options.output, "the .tflite file to write");
  app.add_option(
         "--to", flags->to,
         "float16 (weights), dynamic (int8 weights), int8, uint8 (TensorFlow 1's), int16x8, "
         "mixed (int8, and what loses most in int16x8 or float)")
      ->required();
  app.add_option(
      "--calibration", options.calibration,
      "about 100 pictures such as the model will see: a folder, a list of paths, CIFAR-10's "
      ".bin, .npy or .npz");
  app.add_option("--calibration-samples", options.calibration_samples,
                 "samples to use at most (default 500; 0: all)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--validate", options.validate,
                 "data to measure the loss on, best with labels, as evaluate takes it (default: "
                 "the calibration pictures)");
  app.add_option("--max-drop", options.max_drop,
                 "percentage points that may be lost, of top-1 with labels, else of agreement with "
                 "the float model; if more is lost nothing is written (default: any; mixed: 1)")
      ->check(CLI::Range(0.0, 100.0));
  app.add_flag("--force", options.force, "write the file even if more than --max-drop is lost");
  app.add_option("--io", flags->io,
                 "type of inputs and outputs: float32, int8, uint8 or int16 (default: --to's)");
  app.add_flag("--per-tensor", options.quantize.per_tensor,
               "one scale for all weights of a layer, for engines that know no other");
  app.add_flag("--symmetric", options.quantize.symmetric,
               "of int8: activations without zero points, for engines that take none (TensorRT)");
  app.add_option("--ranges", flags->ranges,
                 "how ranges of activations are chosen: auto (default), min-max, moving-average, "
                 "percentile, mse, entropy");
  app.add_option("--effort", flags->effort,
                 "default takes seconds; high rounds every weight by what it does to results")
      ->check(CLI::IsMember({"default", "high"}));
  std::vector<std::string> steps;
  for (const quantize::StepDescription& step : quantize::Steps()) steps.emplace_back(step.name);
  app.add_option("--without", options.quantize.recipe.without,
                 base::Cat("leave a step out; may be repeated: ", base::Join(steps, ", ")))
      ->allow_extra_args(false);
  app.add_option("--labels", options.labels,
                 "a text file with one label a line, to be carried along");
  AddContractFlags(app, options.contract);
  AddEndsFlags(app, options.import);
  AddFetchFlags(app, options.fetch);
  app.add_option("--threads", options.threads, "threads to work with (default: all cores)")
      ->check(CLI::Range(1, 1024));
  app.add_flag("--json", flags->json, "print the report as JSON");
  return [flags] { return Quantize(*flags); };
}

}  // namespace goldcrest::cli
