#include "pipeline/evaluate.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "base/file.h"
#include "cli/command.h"
#include "cli/evaluation_flags.h"
#include "cli/evaluation_table.h"
#include "cli/progress.h"
#include "cli/tuning_flag.h"
#include "report/evaluation_page.h"

namespace goldcrest::cli {
namespace {

using pipeline::EvaluatedModel;
using pipeline::EvaluateReport;

constexpr size_t kMostListed = 10;  // classes, pictures that could not be read
constexpr size_t kWorstPictures = 5;

struct EvaluateFlags {
  pipeline::EvaluateOptions options;
  std::vector<std::string> models;
  std::string html;
  std::string tuning;
  bool json = false;
};

std::string WorstClasses(const EvaluateReport& report, size_t model) {
  const auto classes = pipeline::WorstClasses(report, model, kMostListed);
  if (classes.empty()) return "";
  const bool first = model == 0;
  Table table(first ? std::vector<std::string>{"class", "right", "of"}
                    : std::vector<std::string>{"class", "right", "first", "of"},
              first ? std::vector<size_t>{1, 2} : std::vector<size_t>{1, 2, 3});
  for (const evaluate::ClassResult& result : classes) {
    std::vector<std::string> row = {Printable(report.ShortClassName(result.label)),
                                    base::Cat(result.top1.hits)};
    if (!first) row.push_back(base::Cat(result.first_top1.hits));
    row.push_back(base::Cat(result.top1.total));
    table.Add(std::move(row));
  }
  return base::Cat(first ? "\nclasses that it gets wrong most\n" : "\nclasses that lose most\n",
                   table.ToString());
}

std::string WorstPictures(const EvaluateReport& report, size_t model) {
  const auto worst = pipeline::WorstPictures(report, model, kWorstPictures);
  if (worst.empty()) return "";
  std::vector<std::string> header = {"picture", "answer", "score"};
  if (report.labelled()) header.insert(header.end(), {"right would be", "score"});
  if (model > 0) header.insert(header.end(), {"the first says", "score", "KL"});
  Table table(std::move(header));
  for (size_t i : worst) {
    const evaluate::Answer& answer = report.models[model].answers[i];
    const evaluate::Answer& first = report.models.front().answers[i];
    auto score = [](float x) { return base::Fixed(x, 3); };
    std::vector<std::string> row = {
        Printable(std::filesystem::path(report.pictures[i]).filename().string()),
        Printable(report.ShortClassName(answer.best)), score(answer.best_score)};
    if (report.labelled()) {
      row.insert(row.end(),
                 {Printable(report.ShortClassName(report.labels[i])), score(answer.label_score)});
    }
    if (model > 0) {
      row.insert(row.end(), {Printable(report.ShortClassName(first.best)), score(first.best_score),
                             base::Fixed(answer.divergence, 3)});
    }
    table.Add(std::move(row));
  }
  return base::Cat("\nworst pictures\n", table.ToString());
}

void Print(const EvaluateReport& report) {
  std::string text = base::Cat("data  ", Printable(report.data));
  if (!report.labelled()) text += "; without labels";
  if (!report.skipped.empty()) text += base::Cat("; ", report.skipped.size(), " left out");
  text += base::Cat("\n\n", ModelsTable(report));
  for (size_t i = 0; i < report.models.size(); ++i) {
    std::string details = report.labelled() ? WorstClasses(report, i) : "";
    details += WorstPictures(report, i);
    const bool named = report.models.size() > 1 && !details.empty();
    if (named) text += base::Cat("\n", ModelNames(report)[i], "\n");
    text += named ? details.substr(1) : details;
  }
  std::fputs(text.c_str(), stdout);
}

nlohmann::ordered_json ToJson(const EvaluateReport& report, size_t index) {
  const EvaluatedModel& model = report.models[index];
  nlohmann::ordered_json json;
  json["model"] = model.model;
  json.update(FiguresJson(report, index));
  json["run_ms"] = model.run_ms;
  json["preprocess_ms"] = model.preprocess_ms;
  json["file_bytes"] = model.file_bytes;
  json["parameters"] = model.parameters;
  json["multiply_adds"] = model.multiply_adds;
  json["input_contract"] = model.input_contract;
  json["input_contract_from"] = model.input_contract_from;
  if (report.labelled()) {
    json["worst_classes"] = nlohmann::ordered_json::array();
    for (const evaluate::ClassResult& result : pipeline::WorstClasses(report, index, kMostListed)) {
      json["worst_classes"].push_back({{"index", result.label},
                                       {"label", report.ClassName(result.label)},
                                       {"pictures", result.top1.total},
                                       {"right", result.top1.hits},
                                       {"first_right", result.first_top1.hits}});
    }
  }
  json["worst_pictures"] = nlohmann::ordered_json::array();
  for (size_t i : pipeline::WorstPictures(report, index, kWorstPictures)) {
    const evaluate::Answer& answer = model.answers[i];
    nlohmann::ordered_json picture = {
        {"file", report.pictures[i]}, {"index", answer.best}, {"score", answer.best_score}};
    if (report.labelled()) picture["label_index"] = report.labels[i];
    if (index > 0) picture["kl"] = answer.divergence;
    json["worst_pictures"].push_back(std::move(picture));
  }
  json["answers"] = nlohmann::ordered_json::array();
  for (const evaluate::Answer& answer : model.answers) json["answers"].push_back(answer.best);
  return json;
}

// What could not be read, on standard error.
void PrintSkipped(const EvaluateReport& report) {
  if (report.skipped.empty()) return;
  std::fprintf(stderr, "note: %zu of %zu samples were left out:\n", report.skipped.size(),
               report.skipped.size() + report.pictures.size());
  for (size_t i = 0; i < std::min(report.skipped.size(), kMostListed); ++i) {
    std::fprintf(stderr, "note:   %s\n", Printable(report.skipped[i].reason).c_str());
  }
  if (report.skipped.size() > kMostListed) {
    std::fprintf(stderr, "note:   and %zu more\n", report.skipped.size() - kMostListed);
  }
}

Status Evaluate(EvaluateFlags& flags) {
  for (const std::string& model : flags.models) flags.options.models.push_back({.path = model});
  pipeline::EvaluateOptions& options = flags.options;
  // Each of the threads runs pictures of its own, alone.
  GOLDCREST_TRY(options.tuning, LoadTuning(flags.tuning, 1, options.arithmetic, options.precision));
  EvaluateReport report;
  {
    Progress progress;
    GOLDCREST_TRY(report, pipeline::Evaluate(flags.options, [&](double share) {
                    progress.Show(share, "evaluating");
                  }));
  }
  PrintNotes(report.notes);
  for (const EvaluatedModel& model : report.models) {
    for (const std::string& note : model.notes) {
      PrintNotes({base::Cat(model.model, ": ", note)});
    }
  }
  PrintSkipped(report);
  if (!flags.html.empty()) {
    const std::string page = report::EvaluationPage(report);
    GOLDCREST_RETURN_IF_ERROR(base::WriteFile(flags.html, base::AsBytes(page)));
  }
  if (!flags.json) {
    Print(report);
    return {};
  }
  for (size_t i = 0; i < report.models.size(); ++i) PrintJson(ToJson(report, i));
  return {};
}

}  // namespace

Action AddEvaluate(CLI::App& app) {
  auto flags = std::make_shared<EvaluateFlags>();
  pipeline::EvaluateOptions& options = flags->options;
  app.add_option("models", flags->models,
                 "the models: .tflite, Keras .h5 and .keras; all are compared with the first")
      ->required();
  AddEvaluationFlags(app, options)->required();
  AddEndsFlags(app, options.import);
  AddArithmeticFlag(app, options.arithmetic);
  AddPrecisionFlag(app, options.precision);
  AddCacheFlag(app, options.cache);
  AddTuningFlag(app, flags->tuning);
  app.add_option("--threads", options.threads, "pictures at a time; the results are the same")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_flag("--json", flags->json, "print one JSON object a model");
  app.add_option("--html", flags->html, "write a page with charts to this file");
  return [flags] { return Evaluate(*flags); };
}

}  // namespace goldcrest::cli
