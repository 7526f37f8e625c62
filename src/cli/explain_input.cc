#include "pipeline/explain_input.h"

#include <cmath>
#include <cstdio>
#include <memory>

#include "cli/command.h"

namespace goldcrest::cli {
namespace {

using pipeline::InputExplanation;
using pipeline::SomeValues;

constexpr size_t kShown = 6;  // values in the tables; all are in the JSON

struct ExplainInputFlags {
  pipeline::ExplainInputOptions options;
  bool json = false;
};

std::string Number(double x) { return std::trunc(x) == x ? base::Cat(x) : base::Fixed(x, 4); }

std::string First(const SomeValues& values) {
  std::string text;
  for (size_t i = 0; i < std::min(kShown, values.first.size()); ++i) {
    text += base::Cat(i == 0 ? "" : " ", Number(values.first[i]));
  }
  return text;
}

void Print(const InputExplanation& out) {
  Table steps({"step", "how", "size", "type", "first values", "min", "max", "mean"}, {5, 6, 7});
  for (const pipeline::InputStep& step : out.steps) {
    const SomeValues& values = step.values;
    steps.Add({step.name, step.what,
               base::Cat(step.width, " x ", step.height, " x ", step.channels), step.type,
               First(values), Number(values.min), Number(values.max), base::Fixed(values.mean, 3)});
  }
  Table mistakes({"mistake", "how", "off by", "first values", "min", "max"}, {2, 4, 5});
  for (const pipeline::InputMistake& mistake : out.mistakes) {
    const bool same = mistake.mean_difference == 0;
    mistakes.Add({mistake.name, mistake.what,
                  same ? "no mistake here" : base::Fixed(mistake.mean_difference, 3),
                  First(mistake.values), Number(mistake.values.min), Number(mistake.values.max)});
  }
  std::printf(
      "pictures  %s (from %s)\n\n%s\nthe last row is the model's input. Common mistakes "
      "would make of it (off by: of the reals it stands for, on average):\n\n%s",
      out.input_contract.c_str(), out.input_contract_from.c_str(), steps.ToString().c_str(),
      mistakes.ToString().c_str());
}

nlohmann::ordered_json ToJson(const ExplainInputFlags& flags, const InputExplanation& out) {
  auto add = [](const SomeValues& values, nlohmann::ordered_json& json) {
    json["first"] = values.first;
    json["min"] = values.min;
    json["max"] = values.max;
    json["mean"] = values.mean;
  };
  nlohmann::ordered_json json;
  json["file"] = flags.options.picture;
  json["model"] = flags.options.model;
  json["input_contract"] = out.input_contract;
  json["input_contract_from"] = out.input_contract_from;
  for (const pipeline::InputStep& step : out.steps) {
    nlohmann::ordered_json one = {{"step", step.name},         {"how", step.what},
                                  {"width", step.width},       {"height", step.height},
                                  {"channels", step.channels}, {"type", step.type}};
    add(step.values, one);
    json["steps"].push_back(std::move(one));
  }
  for (const pipeline::InputMistake& mistake : out.mistakes) {
    nlohmann::ordered_json one = {{"mistake", mistake.name},
                                  {"how", mistake.what},
                                  {"mean_difference", mistake.mean_difference}};
    add(mistake.values, one);
    json["mistakes"].push_back(std::move(one));
  }
  return json;
}

Status ExplainInput(const ExplainInputFlags& flags) {
  GOLDCREST_TRY(InputExplanation out, pipeline::ExplainInput(flags.options));
  PrintNotes(out.notes);
  if (flags.json) {
    PrintJson(ToJson(flags, out));
  } else {
    Print(out);
  }
  return {};
}

}  // namespace

Action AddExplainInput(CLI::App& app) {
  auto flags = std::make_shared<ExplainInputFlags>();
  pipeline::ExplainInputOptions& options = flags->options;
  app.add_option("model", options.model, "the model: .tflite, Keras .h5")->required();
  app.add_option("picture", options.picture, "a JPEG, PNG or BMP file")->required();
  AddContractFlags(app, options.contract);
  AddEndsFlags(app, options.import);
  app.add_option("--max-pixels", options.most_pixels, "refuse larger pictures")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--json", flags->json, "print it as JSON");
  return [flags] { return ExplainInput(*flags); };
}

}  // namespace goldcrest::cli
