#include "pipeline/compare.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include "cli/command.h"
#include "cli/evaluation_flags.h"
#include "cli/evaluation_table.h"
#include "cli/progress.h"
#include "cli/timing_flags.h"

namespace goldcrest::cli {
namespace {

using base::Milliseconds;
using pipeline::ComparedModel;
using pipeline::CompareReport;
using pipeline::LayerDifference;

constexpr size_t kMostLayers = 15;

struct CompareFlags {
  pipeline::CompareOptions options;
  TimingFlags timing;
  bool json = false;
};

std::string Signed(const std::string& number, double sign) {
  return sign < 0 ? "-" + number : sign > 0 ? "+" + number : "";
}

// A difference of sizes, counts.
std::string SignedBytes(int64_t bytes) {
  return Signed(base::Bytes(static_cast<uint64_t>(std::abs(bytes))), static_cast<double>(bytes));
}
std::string SignedCount(int64_t count) {
  return Signed(Short(std::abs(count)), static_cast<double>(count));
}
std::string SignedMilliseconds(double ms) { return Signed(Milliseconds(std::abs(ms)), ms); }

std::string RatioOf(double before, double after) {
  return before > 0 ? base::Cat(base::Fixed(after / before, 3), "x") : "";
}

std::string WholeTable(const CompareReport& report) {
  const ComparedModel& a = report.before;
  const ComparedModel& b = report.after;
  Table table({"", "before", "after", "difference", "after / before"}, {1, 2, 3, 4});
  auto add_bytes = [&](const char* what, uint64_t before, uint64_t after) {
    table.Add({what, base::Bytes(before), base::Bytes(after),
               SignedBytes(static_cast<int64_t>(after - before)),
               RatioOf(static_cast<double>(before), static_cast<double>(after))});
  };
  auto add_count = [&](const char* what, int64_t before, int64_t after) {
    table.Add({what, Short(before), Short(after), SignedCount(after - before),
               RatioOf(static_cast<double>(before), static_cast<double>(after))});
  };
  auto add_ms = [&](const char* what, double before, double after) {
    table.Add({what, Milliseconds(before), Milliseconds(after), SignedMilliseconds(after - before),
               RatioOf(before, after)});
  };
  add_bytes("file", a.file_bytes, b.file_bytes);
  add_bytes("weights", a.weight_bytes, b.weight_bytes);
  add_count("parameters", a.parameters, b.parameters);
  add_count("multiply-adds", a.multiply_adds, b.multiply_adds);
  add_count("operators", a.operator_count(), b.operator_count());
  add_bytes("arena", a.benchmark.arena_bytes, b.benchmark.arena_bytes);
  add_bytes("peak memory", a.benchmark.peak_rss_bytes, b.benchmark.peak_rss_bytes);
  add_ms("load ms", a.benchmark.load_ms, b.benchmark.load_ms);
  add_ms("first run ms", a.benchmark.first_run_ms, b.benchmark.first_run_ms);
  add_ms("run ms, min", a.benchmark.run_ms.min, b.benchmark.run_ms.min);
  add_ms("run ms, median", a.benchmark.run_ms.median, b.benchmark.run_ms.median);
  return table.ToString();
}

// "fully_connected 1 → 2, quantize 0 → 1"; empty where they have the same.
std::string DifferentOperators(const CompareReport& report) {
  std::set<std::string> kinds;
  for (const ComparedModel* model : {&report.before, &report.after}) {
    for (const auto& [op, count] : model->operators) kinds.insert(op);
  }
  auto count = [](const ComparedModel& model, const std::string& op) {
    const auto found = model.operators.find(op);
    return found == model.operators.end() ? 0 : found->second;
  };
  std::vector<std::string> different;
  for (const std::string& op : kinds) {
    const int64_t before = count(report.before, op);
    const int64_t after = count(report.after, op);
    if (before != after) different.push_back(base::Cat(op, " ", before, " → ", after));
  }
  return base::Join(different, ", ");
}

std::string Verdict(const pipeline::SpeedDifference& speed) {
  std::string text = base::Cat(pipeline::NameOf(speed.verdict), ": after takes ",
                               base::Fixed(speed.ratio, 3), " times before's time");
  if (speed.range) {
    text += base::Cat(" (95 %: ", base::Fixed(speed.range->low, 3), " to ",
                      base::Fixed(speed.range->high, 3), ")");
  }
  return base::Cat(text, ", median of ", speed.rounds, " rounds in turns\n");
}

const pipeline::Layer& LayerOf(const LayerDifference& difference, const CompareReport& report) {
  return difference.after ? report.after.layers[*difference.after]
                          : report.before.layers[*difference.before];
}

std::string WhatBecameOf(const LayerDifference& layer, const CompareReport& report) {
  if (!layer.before) return "added";
  if (!layer.after) return "removed";
  const bool changed = layer.parameters != 0 || layer.weight_bytes != 0 || layer.multiply_adds != 0;
  if (!changed) return std::string(pipeline::NameOf(layer.speed.verdict));
  const std::string& type = report.after.layers[*layer.after].weight_type;
  const std::string& old_type = report.before.layers[*layer.before].weight_type;
  return type == old_type ? "changed" : base::Cat(type, ", was ", old_type);
}

std::string LayersTable(const CompareReport& report) {
  Table table({"layer", "operator", "weights", "", "ms before", "after", "difference", "mult-adds",
               "parameters", "weight bytes"},
              {4, 5, 6, 7, 8, 9});
  size_t shown = 0;
  size_t different = 0;
  double rest_before = 0;
  double rest_after = 0;
  for (const LayerDifference& one : report.layers) {
    const double before = one.before ? report.before.layers[*one.before].median_ms : 0;
    const double after = one.after ? report.after.layers[*one.after].median_ms : 0;
    different += one.alike ? 0 : 1;
    if (one.alike || shown == kMostLayers) {
      rest_before += before;
      rest_after += after;
      continue;
    }
    ++shown;
    const pipeline::Layer& layer = LayerOf(one, report);
    table.Add({Printable(ShortName(layer.name)), layer.op, layer.weights, WhatBecameOf(one, report),
               one.before ? Milliseconds(before) : "", one.after ? Milliseconds(after) : "",
               SignedMilliseconds(one.ms), SignedCount(one.multiply_adds),
               SignedCount(one.parameters),
               one.weight_bytes == 0 ? "" : SignedBytes(one.weight_bytes)});
  }
  const size_t alike = report.layers.size() - different;
  std::vector<std::string> rest;
  if (different > shown) rest.push_back(base::Cat(different - shown, " more that differ"));
  if (alike > 0) rest.push_back(base::Cat(alike, " that are alike"));
  if (!rest.empty()) {
    table.Add({base::Join(rest, ", "), "", "", "", Milliseconds(rest_before),
               Milliseconds(rest_after), SignedMilliseconds(rest_after - rest_before), "", "", ""});
  }
  return table.ToString();
}

std::string Accuracy(const CompareReport& report) {
  std::string text;
  for (const pipeline::EvaluateReport& evaluation : report.evaluations) {
    text += base::Cat("\non ", Printable(evaluation.data), "\n", ModelsTable(evaluation));
  }
  if (!report.apart.empty()) {
    text += base::Cat("\nno agreement: ", Printable(report.apart), "\n");
  }
  return text;
}

void Print(const CompareFlags& flags, const CompareReport& report) {
  const int threads = flags.options.benchmark.threads;
  std::string text =
      base::Cat("before  ", Printable(report.before.model), " (", report.before.format, ", ",
                report.before.inputs, ")\nafter   ", Printable(report.after.model), " (",
                report.after.format, ", ", report.after.inputs, ")\nwith    ", threads,
                threads == 1 ? " thread, " : " threads, ", report.before.benchmark.isa, ", ",
                report.before.benchmark.backend, "\n\n", WholeTable(report), "\n");
  text += base::Cat("speed      ", Verdict(report.speed));
  const std::string operators = DifferentOperators(report);
  text += base::Cat("operators  ", operators.empty() ? "of the same kinds" : operators, "\n\n",
                    LayersTable(report));
  for (const pipeline::CostFinding& finding : report.findings) {
    text += base::Cat("\n", Printable(finding.text), "\n  ", Printable(finding.remedy), "\n");
  }
  text += Accuracy(report);
  std::fputs(text.c_str(), stdout);
}

nlohmann::ordered_json ModelJson(const ComparedModel& model) {
  return {{"model", model.model},
          {"format", model.format},
          {"input", model.inputs},
          {"file_bytes", model.file_bytes},
          {"weight_bytes", model.weight_bytes},
          {"parameters", model.parameters},
          {"multiply_adds", model.multiply_adds},
          {"operators", model.operator_count()},
          {"operator_kinds", model.operators},
          {"arena_bytes", model.benchmark.arena_bytes},
          {"peak_rss_bytes", model.benchmark.peak_rss_bytes},
          {"load_ms", model.benchmark.load_ms},
          {"first_run_ms", model.benchmark.first_run_ms},
          {"runs", model.benchmark.run_ms.count},
          {"min_ms", model.benchmark.run_ms.min},
          {"median_ms", model.benchmark.run_ms.median}};
}

nlohmann::ordered_json SpeedJson(const pipeline::SpeedDifference& speed) {
  nlohmann::ordered_json json = {{"verdict", pipeline::NameOf(speed.verdict)},
                                 {"ratio", speed.ratio}};
  if (speed.range) {
    json["ratio_low"] = speed.range->low;
    json["ratio_high"] = speed.range->high;
  }
  json["rounds"] = speed.rounds;
  return json;
}

nlohmann::ordered_json LayerJson(const LayerDifference& one, const CompareReport& report) {
  nlohmann::ordered_json json;
  auto side = [&](const char* name, const ComparedModel& model, std::optional<size_t> index) {
    if (!index) return;
    const pipeline::Layer& layer = model.layers[*index];
    json[name] = {{"name", layer.name},
                  {"op", layer.op},
                  {"kernel", layer.kernel},
                  {"shape", layer.shape},
                  {"dtype", tensor::NameOf(layer.dtype)},
                  {"weights", layer.weights},
                  {"parameters", layer.parameters},
                  {"weight_bytes", layer.weight_bytes},
                  {"multiply_adds", layer.multiply_adds},
                  {"median_ms", layer.median_ms},
                  {"share", layer.share}};
  };
  json["what"] = one.alike ? "alike" : WhatBecameOf(one, report);
  json["difference_ms"] = one.ms;
  side("before", report.before, one.before);
  side("after", report.after, one.after);
  if (one.before && one.after) json["speed"] = SpeedJson(one.speed);
  return json;
}

nlohmann::ordered_json ToJson(const CompareFlags& flags, const CompareReport& report) {
  nlohmann::ordered_json json = {
      {"before", ModelJson(report.before)},         {"after", ModelJson(report.after)},
      {"threads", flags.options.benchmark.threads}, {"isa", report.before.benchmark.isa},
      {"backend", report.before.benchmark.backend}, {"speed", SpeedJson(report.speed)}};
  json["layers"] = nlohmann::ordered_json::array();
  for (const LayerDifference& one : report.layers) {
    json["layers"].push_back(LayerJson(one, report));
  }
  json["findings"] = nlohmann::ordered_json::array();
  for (const pipeline::CostFinding& finding : report.findings) {
    json["findings"].push_back({{"text", finding.text}, {"remedy", finding.remedy}});
  }
  for (const pipeline::EvaluateReport& evaluation : report.evaluations) {
    for (size_t i = 0; i < evaluation.models.size(); ++i) {
      nlohmann::ordered_json figures = {{"model", evaluation.models[i].model}};
      figures.update(FiguresJson(evaluation, i));
      json["evaluation"].push_back(std::move(figures));
    }
  }
  if (!report.apart.empty()) json["no_agreement"] = report.apart;
  return json;
}

Status Compare(CompareFlags flags) {
  pipeline::CompareOptions& options = flags.options;
  GOLDCREST_RETURN_IF_ERROR(flags.timing.Complete(options.benchmark));
  options.evaluate.threads = options.benchmark.threads;
  options.evaluate.import = options.benchmark.import;
  options.evaluate.arithmetic = options.benchmark.arithmetic;
  options.evaluate.precision = options.benchmark.precision;
  CompareReport report;
  {
    Progress progress;
    GOLDCREST_TRY(report, pipeline::Compare(options, {[&](double share, const std::string& doing) {
                                              progress.Show(share, doing);
                                            }}));
  }
  PrintNotes(report.notes);
  if (flags.json) {
    PrintJson(ToJson(flags, report));
  } else {
    Print(flags, report);
  }
  return {};
}

}  // namespace

Action AddCompare(CLI::App& app) {
  auto flags = std::make_shared<CompareFlags>();
  pipeline::CompareOptions& options = flags->options;
  app.add_option("before", options.before, "the model as it was: .tflite, Keras .keras or .h5")
      ->required();
  app.add_option("after", options.after, "the model as it is now")->required();
  flags->timing = AddTimingFlags(app, options.benchmark);
  app.add_option("--rounds", options.benchmark.rounds,
                 "turns of each model: 6 or more tell a difference from noise")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  AddEvaluationFlags(app, options.evaluate);
  app.add_flag("--json", flags->json, "print one JSON object");
  return [flags] { return Compare(*flags); };
}

}  // namespace goldcrest::cli
