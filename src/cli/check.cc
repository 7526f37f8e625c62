#include <cstdio>
#include <map>
#include <memory>
#include <tuple>

#include "cli/command.h"
#include "pipeline/check_model.h"

namespace goldcrest::cli {
namespace {

struct CheckFlags {
  pipeline::CheckOptions options;
  std::string target;
  bool json = false;
};

nlohmann::ordered_json FindingJson(const pipeline::Finding& finding, std::string_view source) {
  nlohmann::ordered_json json;
  json["verdict"] = pipeline::NameOf(finding.verdict);
  if (!finding.reason.empty()) json["reason"] = finding.reason;
  if (!finding.remedy.empty()) json["remedy"] = finding.remedy;
  json["source"] = source;
  return json;
}

nlohmann::ordered_json ToJson(const pipeline::CheckOptions& options,
                              const pipeline::CheckReport& report) {
  nlohmann::ordered_json json;
  json["model"] = options.model;
  json["target"] = pipeline::NameOf(options.engine);
  json["converted"] = report.converted;
  json["all_taken"] = report.all_taken();
  if (report.model) json["whole"] = FindingJson(*report.model, report.model_source);
  json["operators"] = nlohmann::ordered_json::array();
  for (const pipeline::CheckedOperator& each : report.operators) {
    nlohmann::ordered_json row = {{"name", each.name},
                                  {"operator", each.op},
                                  {"computes_in", pipeline::Describe(each.arithmetic)}};
    row.update(FindingJson(each.finding, each.source));
    json["operators"].push_back(std::move(row));
  }
  json["notes"] = report.notes;
  return json;
}

std::string Summary(const pipeline::CheckOptions& options, const pipeline::CheckReport& report) {
  using pipeline::Verdict;
  return base::Cat(report.Count(Verdict::kTaken), " of ", report.operators.size(),
                   " operators are taken by ", pipeline::RulesOf(options.engine).name, ", ",
                   report.Count(Verdict::kFallsBack), " fall back, ",
                   report.Count(Verdict::kRefused), " are refused");
}

// A row for operators of one kind that it says the same of.
void PrintReport(const pipeline::CheckOptions& options, const pipeline::CheckReport& report) {
  using Key = std::tuple<std::string_view, pipeline::Arithmetics, pipeline::Verdict, std::string>;
  std::map<Key, std::vector<const pipeline::CheckedOperator*>> groups;
  std::vector<Key> order;
  for (const pipeline::CheckedOperator& each : report.operators) {
    const Key key{each.op, each.arithmetic, each.finding.verdict, each.finding.reason};
    if (groups[key].empty()) order.push_back(key);
    groups[key].push_back(&each);
  }
  Table table({"operator", "how many", "computes in", "verdict", "why", "what to do", "the first"},
              {1});
  for (const Key& key : order) {
    const std::vector<const pipeline::CheckedOperator*>& group = groups[key];
    const pipeline::CheckedOperator& first = *group.front();
    const bool taken = first.finding.verdict == pipeline::Verdict::kTaken;
    table.Add({std::string(first.op), base::Cat(group.size()), pipeline::Describe(first.arithmetic),
               std::string(pipeline::NameOf(first.finding.verdict)),
               Printable(first.finding.reason), first.finding.remedy,
               taken ? "" : Printable(std::string(pipeline::FirstName(first.name)))});
  }
  std::string text = table.ToString();
  if (report.model) {
    text += base::Cat("\nthe model is refused: ", Printable(report.model->reason), "\n");
    if (!report.model->remedy.empty())
      text += base::Cat("what to do: ", report.model->remedy, "\n");
  }
  const pipeline::EngineRules& rules = pipeline::RulesOf(options.engine);
  text += base::Cat("\n", Summary(options, report), "\nrules      ", rules.operators_source,
                    "\n           ", rules.types_source, "\n");
  std::fputs(text.c_str(), stdout);
}

Status Check(CheckFlags& flags) {
  GOLDCREST_TRY(flags.options.engine, pipeline::ParseEngine(flags.target));
  GOLDCREST_TRY(const pipeline::CheckReport report, pipeline::CheckModel(flags.options));
  PrintNotes(report.notes);
  if (flags.json) {
    PrintJson(ToJson(flags.options, report));
  } else {
    PrintReport(flags.options, report);
  }
  if (report.all_taken()) return {};
  if (report.model) {
    return Fail(ErrorCode::kUnsupported, pipeline::RulesOf(flags.options.engine).name,
                " refuses the model: ", report.model->reason);
  }
  return Fail(ErrorCode::kUnsupported, Summary(flags.options, report));
}

}  // namespace

Action AddCheck(CLI::App& app) {
  auto flags = std::make_shared<CheckFlags>();
  app.add_option("model", flags->options.model, "the model, in any format that convert reads")
      ->required();
  app.add_option("--target", flags->target,
                 "the engine: tflite, tflite-micro, edgetpu, tensorrt, openvino or onnxruntime")
      ->required();
  AddInputShapesFlag(app, flags->options.import.input_shapes);
  app.add_flag("--json", flags->json, "print the report as JSON, every operator by itself");
  return [flags] { return Check(*flags); };
}

}  // namespace goldcrest::cli
