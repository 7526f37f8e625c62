#include "cli/train_report.h"

#include <cmath>
#include <cstdio>

#include "cli/command.h"
#include "evaluate/significance.h"

namespace goldcrest::cli {
namespace {

std::string_view NameOf(train::Ending ending) {
  switch (ending) {
    case train::Ending::kEpochs:
      return "epochs";
    case train::Ending::kPatience:
      return "patience";
    case train::Ending::kAccuracy:
      return "accuracy";
    case train::Ending::kInterrupted:
      return "interrupted";
    case train::Ending::kDiverged:
      break;
  }
  return "diverged";
}

std::string TestLine(const pipeline::TrainReport& report) {
  if (!report.test_score) return "";
  const auto total = static_cast<int64_t>(report.test);
  const evaluate::Interval interval = evaluate::WilsonInterval(
      std::llround(report.test_score->accuracy * static_cast<double>(total)), total);
  return base::Cat("test accuracy ", Percent(report.test_score->accuracy),
                   " (95 %: ", Percent(interval.low), " to ", Percent(interval.high), "), loss ",
                   base::Fixed(report.test_score->loss, 4), "\n");
}

}  // namespace

nlohmann::ordered_json TrainingJson(const pipeline::TrainOptions& options,
                                    const pipeline::TrainReport& report) {
  nlohmann::ordered_json json;
  json["output"] = options.output;
  json["from"] = options.start.from;
  json["data"] = report.data;
  json["classes"] = report.classes;
  json["training_pictures"] = report.training;
  json["validation_pictures"] = report.validation;
  json["test_pictures"] = report.test;
  json["unreadable"] = report.unreadable;
  json["input_contract"] = report.input_contract;
  json["learned_parameters"] = report.learned;
  json["parameters"] = report.parameters;
  json["features_computed"] = report.features_computed;
  json["features_s"] = report.feature_seconds;
  json["fit_s"] = report.fit_seconds;
  json["file_bytes"] = report.file_bytes;
  json["ending"] = NameOf(report.fit.ending);
  json["epochs"] = nlohmann::ordered_json::array();
  for (const train::EpochReport& epoch : report.fit.epochs) {
    nlohmann::ordered_json row = {{"epoch", epoch.epoch},
                                  {"loss", epoch.training.loss},
                                  {"accuracy", epoch.training.accuracy * 100},
                                  {"learning_rate", epoch.rate},
                                  {"samples_per_s", epoch.samples_per_second}};
    if (epoch.validation) {
      row["validation_loss"] = epoch.validation->loss;
      row["validation_accuracy"] = epoch.validation->accuracy * 100;
    }
    json["epochs"].push_back(std::move(row));
  }
  if (report.fit.best_epoch) json["best_epoch"] = *report.fit.best_epoch;
  if (report.score) {
    json["validation_loss"] = report.score->loss;
    json["validation_accuracy"] = report.score->accuracy * 100;
    json["confusion"] = report.confusion;
  }
  if (report.test_score) {
    json["test_loss"] = report.test_score->loss;
    json["test_accuracy"] = report.test_score->accuracy * 100;
  }
  json["diagnosis"] = nlohmann::ordered_json::array();
  for (const train::Finding& finding : report.diagnosis) {
    json["diagnosis"].push_back({{"symptom", train::NameOf(finding.symptom)},
                                 {"text", finding.text},
                                 {"remedy", finding.remedy}});
  }
  json["warnings"] = report.warnings;
  return json;
}

void PrintTrainingReport(const pipeline::TrainOptions& options,
                         const pipeline::TrainReport& report) {
  std::string text = base::Cat("data       ", Printable(report.data), "; ", report.training,
                               " to learn from, ", report.validation, " to judge by");
  text += report.test > 0 ? base::Cat(", ", report.test, " to test with\n") : "\n";
  text += base::Cat("pictures   ", report.input_contract, "\n");
  text +=
      base::Cat("learned    ", Short(report.learned), " of ", Short(report.parameters),
                " parameters, ", report.fit.epochs.size(), " epochs in ",
                base::Fixed(report.fit_seconds, 1), " s; features of ", report.features_computed,
                " pictures in ", base::Fixed(report.feature_seconds, 1), " s\n");
  text += base::Cat("written    ", options.output, ", ", base::Bytes(report.file_bytes), "\n");
  if (report.score) {
    text += base::Cat("validation accuracy ", Percent(report.score->accuracy), ", loss ",
                      base::Fixed(report.score->loss, 4));
    if (report.fit.best_epoch) text += base::Cat(", of epoch ", *report.fit.best_epoch);
    text += base::Cat("\n", TestLine(report), "\n");
    Table table({"class", "pictures", "right", "taken most for"}, {1, 2});
    for (size_t i = 0; i < report.classes.size(); ++i) {
      const std::vector<int64_t>& answers = report.confusion[i];
      int64_t all = 0;
      size_t other = i == 0 ? 1 : 0;
      for (size_t k = 0; k < answers.size(); ++k) {
        all += answers[k];
        if (k != i && answers[k] > answers[other]) other = k;
      }
      table.Add({Printable(report.classes[i]), base::Cat(all), base::Cat(answers[i]),
                 answers[other] > 0
                     ? base::Cat(Printable(report.classes[other]), " (", answers[other], ")")
                     : ""});
    }
    text += table.ToString();
  } else {
    text += TestLine(report);
  }
  std::fputs(text.c_str(), stdout);
}

void PrintDiagnosis(const std::vector<train::Finding>& findings) {
  for (const train::Finding& finding : findings) {
    std::fprintf(stderr, "diagnosis: %s: %s\n  what to do: %s\n",
                 std::string(train::Describe(finding.symptom)).c_str(),
                 Printable(finding.text).c_str(), Printable(finding.remedy).c_str());
  }
}

}  // namespace goldcrest::cli
