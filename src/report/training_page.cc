#include "report/training_page.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluate/answers.h"
#include "report/charts.h"
#include "report/html.h"

namespace goldcrest::report {
namespace {

using base::Cat;
using base::Fixed;
using pipeline::TrainReport;
using train::EpochReport;

constexpr size_t kMostClasses = 30;  // in charts
constexpr size_t kMostPairs = 12;
constexpr size_t kMostUnreadable = 50;
constexpr size_t kTrainingColor = 0;
constexpr size_t kValidationColor = 1;

std::string Grid(std::string_view charts) {
  return Cat("<div class=\"grid\">", charts, "</div>\n");
}

evaluate::Share OfClass(const TrainReport& report, size_t label) {
  const std::vector<int64_t>& answers = report.confusion[label];
  return {answers[label], std::accumulate(answers.begin(), answers.end(), int64_t{0})};
}

evaluate::Share OfAll(const TrainReport& report) {
  evaluate::Share all;
  for (size_t label = 0; label < report.confusion.size(); ++label) {
    const evaluate::Share share = OfClass(report, label);
    all.hits += share.hits;
    all.total += share.total;
  }
  return all;
}

std::string Ending(const TrainReport& report) {
  const size_t epochs = report.fit.epochs.size();
  switch (report.fit.ending) {
    case train::Ending::kEpochs:
      break;
    case train::Ending::kPatience:
      return Cat(epochs, ", ended by --patience");
    case train::Ending::kAccuracy:
      return Cat(epochs, ", ended by --stop-at");
    case train::Ending::kInterrupted:
      return Cat(epochs, ", interrupted");
    case train::Ending::kDiverged:
      return Cat(epochs, ", then ", report.fit.infinite, " became infinite");
  }
  return Cat(epochs);
}

std::string Figures(const TrainReport& report) {
  std::vector<std::vector<std::string>> rows;
  if (report.score) {
    rows.push_back({"validation accuracy", Cat(InPercent(report.score->accuracy), " %")});
    const evaluate::Share all = OfAll(report);
    if (all.total > 0) {
      rows.push_back({"its 95 % interval", Cat(InPercent(all.interval().low), " to ",
                                               InPercent(all.interval().high), " %")});
    }
    rows.push_back({"validation loss", Fixed(report.score->loss, 4)});
  }
  if (report.test_score) {
    rows.push_back({"test accuracy", Cat(InPercent(report.test_score->accuracy), " %")});
  }
  if (report.fit.best_epoch) rows.push_back({"kept epoch", Cat(*report.fit.best_epoch)});
  rows.push_back({"epochs", Ending(report)});
  rows.push_back({"pictures to learn from", Cat(report.training)});
  rows.push_back({"pictures to judge by", Cat(report.validation)});
  rows.push_back({"learned parameters", Cat(report.learned, " of ", report.parameters)});
  rows.push_back({"time", Cat(Fixed(report.fit_seconds, 1), " s, and ",
                              Fixed(report.feature_seconds, 1), " s for features")});
  rows.push_back({"file", base::Bytes(report.file_bytes)});
  rows.push_back({"pictures", report.input_contract});
  return HtmlTable({"", ""}, rows, 2);
}

std::string Epochs(const TrainReport& report) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(report.fit.epochs.size());
  for (const EpochReport& epoch : report.fit.epochs) {
    rows.push_back({Cat(epoch.epoch), Fixed(epoch.training.loss, 4),
                    InPercent(epoch.training.accuracy),
                    epoch.validation ? Fixed(epoch.validation->loss, 4) : "",
                    epoch.validation ? InPercent(epoch.validation->accuracy) : "",
                    Cat(static_cast<float>(epoch.rate)), Fixed(epoch.samples_per_second, 0)});
  }
  return Cat("<details><summary>Every epoch in numbers</summary>\n",
             HtmlTable({"epoch", "loss", "accuracy %", "validation loss", "validation accuracy %",
                        "learning rate", "pictures/s"},
                       rows, 0),
             "</details>\n");
}

std::string Classes(const TrainReport& report) {
  if (report.confusion.empty()) return "";
  std::vector<size_t> judged;
  evaluate::ConfusionMatrix matrix;
  for (size_t label = 0; label < report.confusion.size(); ++label) {
    if (OfClass(report, label).total > 0) judged.push_back(label);
    for (size_t answer = 0; answer < report.confusion.size(); ++answer) {
      const int64_t count = report.confusion[label][answer];
      if (count == 0) continue;
      matrix.Add(static_cast<int64_t>(label), static_cast<int64_t>(answer), count);
    }
  }
  const bool all = judged.size() <= kMostClasses;
  if (!all) {
    std::ranges::stable_sort(judged, {}, [&](size_t c) { return OfClass(report, c).value(); });
    judged.resize(kMostClasses);
  }
  std::vector<ShareMark> marks;
  for (size_t label : judged) {
    const evaluate::Share share = OfClass(report, label);
    marks.push_back({Cat(report.classes[label], " (", share.hits, " of ", share.total, ")"),
                     share.value(), share.interval().low, share.interval().high, kValidationColor});
  }
  std::string charts = ShareChart(Cat("Validation pictures that are right, with the 95 % interval",
                                      all ? "" : Cat(": the ", kMostClasses, " worst classes")),
                                  marks);
  if (report.classes.size() <= kMostClasses) {
    charts += Heatmap("Confusion: rows are right, columns were answered, in the same order",
                      report.classes,
                      [&](size_t row, size_t column) { return report.confusion[row][column]; });
  }
  std::string html = Cat("<h2>Classes</h2>\n", Grid(charts));
  std::vector<std::vector<std::string>> rows;
  for (const auto& cell : matrix.MostConfused(kMostPairs)) {
    rows.push_back({report.classes[static_cast<size_t>(cell.label)],
                    report.classes[static_cast<size_t>(cell.predicted)], Cat(cell.count)});
  }
  if (rows.empty()) return html;
  return Cat(html, "<h3>Taken for another most often</h3>\n",
             HtmlTable({"right", "answered", "pictures"}, rows, 2));
}

std::string Unreadable(const TrainReport& report) {
  if (report.unreadable.empty()) return "";
  std::string html = Element("h2", Cat("Pictures left out: ", report.unreadable.size()));
  const size_t listed = std::min(report.unreadable.size(), kMostUnreadable);
  for (size_t i = 0; i < listed; ++i) html += Element("p", report.unreadable[i]);
  if (listed < report.unreadable.size()) {
    html += Element("p", Cat("and ", report.unreadable.size() - listed, " more"));
  }
  return html;
}

}  // namespace

std::string TrainingDiagnosis(const TrainReport& report) {
  std::string cards;
  for (const train::Finding& finding : report.diagnosis) {
    std::string name(train::Describe(finding.symptom));
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    cards += Cat("<div class=\"card\"><div>", Element("b", name), Element("p", finding.text),
                 "<p class=\"muted\">What to do: ", Escape(finding.remedy), "</p></div></div>\n");
  }
  return cards.empty() ? "<p>Nothing stands out.</p>\n"
                       : Cat("<div class=\"cards\">", cards, "</div>\n");
}

std::string TrainingCurves(const TrainReport& report) {
  EpochCurve loss{"training", {}, kTrainingColor};
  EpochCurve accuracy = loss;
  EpochCurve validation_loss{"validation", {}, kValidationColor};
  EpochCurve validation_accuracy = validation_loss;
  EpochCurve rate{"learning rate", {}, 2};
  EpochCurve speed{"images/s", {}, 3};
  for (const EpochReport& epoch : report.fit.epochs) {
    loss.values.push_back(epoch.training.loss);
    accuracy.values.push_back(epoch.training.accuracy);
    if (epoch.validation) {
      validation_loss.values.push_back(epoch.validation->loss);
      validation_accuracy.values.push_back(epoch.validation->accuracy);
    }
    rate.values.push_back(epoch.rate);
    speed.values.push_back(epoch.samples_per_second);
  }
  std::vector<EpochCurve> losses = {loss};
  std::vector<EpochCurve> accuracies = {accuracy};
  if (!validation_loss.values.empty()) {
    losses.push_back(validation_loss);
    accuracies.push_back(validation_accuracy);
  }
  EpochAxis axis;
  if (report.fit.best_epoch) axis = {.marked = *report.fit.best_epoch, .marked_name = "kept"};
  EpochAxis shares = axis;
  shares.shares = true;
  return Grid(Cat(EpochChart("Loss", axis, losses), EpochChart("Accuracy, %", shares, accuracies),
                  EpochChart("Learning rate", {}, {rate}),
                  EpochChart("Pictures a second", {}, {speed})));
}

std::string TrainingPage(const TrainReport& report,
                         const std::vector<std::vector<std::string>>& settings) {
  std::string body = Element("p", report.data);
  body += Figures(report);
  for (const std::string& warning : report.warnings) body += Element("p", warning);
  body += Cat("<h2>Diagnosis</h2>\n", TrainingDiagnosis(report), "<h2>Curves</h2>\n",
              TrainingCurves(report), Epochs(report), Classes(report));
  body += Cat("<h2>Settings</h2>\n", HtmlTable({"flag", "value"}, settings, 2));
  body += Unreadable(report);
  return Page("Training", body);
}

}  // namespace goldcrest::report
