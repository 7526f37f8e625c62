#include "pipeline/convert.h"

#include <cstdio>
#include <memory>
#include <optional>

#include "cli/command.h"

namespace goldcrest::cli {
namespace {

struct ConvertFlags {
  pipeline::ConvertOptions options;
  std::string target;
  std::string layout;
  bool json = false;
  bool list_passes = false;
};

nlohmann::ordered_json ToJson(const pipeline::ConvertOptions& options,
                              const pipeline::ConvertReport& report) {
  nlohmann::ordered_json json;
  json["input"] = options.input;
  json["output"] = options.output;
  json["file_bytes"] = report.file_bytes;
  json["operators_before"] = report.operators_before;
  json["operators_after"] = report.operators_after;
  for (const passes::Report& pass : report.passes) {
    json["passes"].push_back({{"name", pass.name},
                              {"disabled", pass.disabled},
                              {"changes", pass.changes},
                              {"time_ms", pass.milliseconds}});
  }
  json["labels"] = report.label_count;
  if (!report.integers.empty()) json["integers"] = report.integers;
  json["input_contract"] = report.input_contract;
  json["input_contract_from"] = report.input_contract_from;
  json["checked_on"] = report.check.sample;
  json["max_difference"] = report.check.difference.max_absolute;
  json["same_best_class"] = report.check.same_best_class;
  json["notes"] = report.notes;
  return json;
}

void PrintReport(const pipeline::ConvertOptions& options, const pipeline::ConvertReport& report) {
  Table table({"pass", "changes", "what it did"}, {1});
  for (const passes::Report& pass : report.passes) {
    table.Add({std::string(pass.name), pass.disabled ? "off" : base::Cat(pass.changes),
               std::string(pass.description)});
  }
  std::string text = table.ToString();
  text += base::Cat("\noperators  ", report.operators_before, " imported, ", report.operators_after,
                    " after the passes\n");
  if (!report.integers.empty()) text += base::Cat("integers   ", report.integers, "\n");
  text += "pictures   ";
  text += report.input_contract.empty()
              ? "not known\n"
              : base::Cat(report.input_contract, " (from ", report.input_contract_from, ")\n");
  text += base::Cat("labels     ", report.label_count == 0 ? "none" : base::Cat(report.label_count),
                    "\n");
  const pipeline::OutputCheck& check = report.check;
  text += base::Cat("checked    outputs moved by at most ",
                    static_cast<float>(check.difference.max_absolute), " on ", check.sample,
                    "; the best class is ", check.same_best_class ? "the same" : "another", "\n");
  text += base::Cat("written    ", options.output, ", ", base::Bytes(report.file_bytes), "\n");
  std::fputs(text.c_str(), stdout);
}

void ListPasses() {
  Table table({"pass", "what it does"});
  for (const passes::Pass& pass : passes::Passes()) {
    table.Add({std::string(pass.name), std::string(pass.description)});
  }
  std::fputs(table.ToString().c_str(), stdout);
}

void AddArchitectureFlags(CLI::App& app, pipeline::ArchitectureFlags& flags) {
  app.add_option("--architecture", flags.name,
                 "the network that a file of weights belongs to: mobilenet_v1, mobilenet_v2, "
                 "mobilenet_v3_small, mobilenet_v3_large (V3 also with _minimalistic)");
  app.add_option("--alpha", flags.alpha, "its width multiplier (default 1)");
  app.add_option("--size", flags.size, "height and width of its pictures (default 224)");
  app.add_option("--classes", flags.classes, "classes of its head (default 1000)");
  app.add_flag("--no-top", flags.no_top, "the network without its head");
  app.add_option("--weights", flags.weights,
                 "a file of weights, or 'random' for a model to measure speed with");
  app.add_option("--seed", flags.seed, "of random weights (default 1)");
}

// As toco and tflite_convert spell them: of models that were trained for integers.
void AddInferenceFlags(CLI::App& app, pipeline::InferenceFlags& flags) {
  app.add_option("--inference-type", flags.type,
                 "FLOAT (default), or the integers that a model with FakeQuant operators was "
                 "trained for: QUANTIZED_UINT8, INT8");
  app.add_option("--inference-input-type", flags.input_type, "of inputs (default: the same)");
  app.add_option("--inference-output-type", flags.output_type, "of outputs (default: the same)");
  app.add_option("--mean-values,--mean-value", flags.mean_values,
                 "of integer inputs: they stand for (integer - mean) / deviation")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--std-dev-values,--std-dev-value,--std-values,--std-value", flags.std_dev_values,
                 "their deviations, with commas between")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--default-ranges-min", flags.default_ranges_min,
                 "the range of values that were trained without one, to try speed");
  app.add_option("--default-ranges-max", flags.default_ranges_max, "its other end");
}

// Of ONNX files; none where neither flag is given.
Result<std::optional<pipeline::ExportOptions>> OnnxOptions(const ConvertFlags& flags) {
  pipeline::ExportOptions options{.producer_version = GOLDCREST_VERSION};
  if (!flags.target.empty()) {
    GOLDCREST_TRY(options.target, formats::onnx::ParseTarget(flags.target));
  }
  if (!flags.layout.empty()) {
    GOLDCREST_TRY(options.layout, formats::onnx::ParsePictureLayout(flags.layout));
  }
  const bool given = !flags.target.empty() || !flags.layout.empty();
  if (!given && !pipeline::HasExportOptions(flags.options.output)) return std::nullopt;
  return options;
}

Status Convert(ConvertFlags& flags) {
  if (flags.list_passes) {
    ListPasses();
    return {};
  }
  const bool no_input = flags.options.input.empty() && flags.options.architecture.name.empty();
  if (no_input || flags.options.output.empty()) {
    return Fail(ErrorCode::kUsage,
                no_input ? "name a model to convert" : "name the file to write with -o",
                "; see goldcrest convert --help");
  }
  GOLDCREST_TRY(flags.options.onnx, OnnxOptions(flags));
  GOLDCREST_TRY(pipeline::ConvertReport report, pipeline::Convert(flags.options));
  PrintNotes(report.notes);
  if (flags.json) {
    PrintJson(ToJson(flags.options, report));
  } else {
    PrintReport(flags.options, report);
  }
  return {};
}

}  // namespace

Action AddConvert(CLI::App& app) {
  auto flags = std::make_shared<ConvertFlags>();
  pipeline::ConvertOptions& options = flags->options;
  app.add_option(
      "model", options.input,
      "the model to read: Keras .keras or .h5, .tflite, a TensorFlow frozen graph .pb or "
      "SavedModel folder; or weights alone");
  app.add_option(
      "-o,--output", options.output,
      "the file to write: .tflite, .onnx for other engines, or .keras or .h5 to train on");
  app.add_option("--target", flags->target,
                 "of an .onnx file: the engine that it is for, onnxruntime (default), openvino or "
                 "tensorrt");
  app.add_option("--input-layout", flags->layout,
                 "of an .onnx file: how pictures go in and come out, NCHW (default) or NHWC");
  app.add_option("--labels", options.labels,
                 "a text file with one label a line, to be carried along");
  app.add_option("--picture", options.picture,
                 "the picture to compare outputs on before and after; default: a drawn one");
  AddContractFlags(app, options.contract);
  AddArchitectureFlags(app, options.architecture);
  AddEndsFlags(app, options.import);
  AddInputShapesFlag(app, options.import.input_shapes);
  AddInferenceFlags(app, options.inference);
  app.add_option("--disable-pass", options.disabled_passes, "leave a pass out; may be repeated")
      ->allow_extra_args(false);
  app.add_flag("--list-passes", flags->list_passes, "list the passes and stop");
  app.add_flag("--json", flags->json, "print the report as JSON");
  return [flags] { return Convert(*flags); };
}

}  // namespace goldcrest::cli
