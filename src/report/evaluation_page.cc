#include "report/evaluation_page.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "data/input_reader.h"
#include "report/charts.h"
#include "report/html.h"

namespace goldcrest::report {
namespace {

using base::Cat;
using base::Fixed;
using evaluate::Answer;
using pipeline::EvaluatedModel;
using pipeline::EvaluateReport;

constexpr int kThumbnail = 80;
constexpr size_t kWorstPictures = 6;
constexpr size_t kWorstClasses = 12;
constexpr size_t kMostConfused = 12;
constexpr size_t kLargestHeatmap = 30;
constexpr size_t kMostSkipped = 50;

std::string FileName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

// The central square of a sample as an image; nothing where it cannot be had.
std::string Thumbnail(const EvaluateReport& report, size_t picture) {
  tensor::InputContract contract;
  contract.width = contract.height = kThumbnail;
  contract.crop_fraction = 1;
  contract.dtype = tensor::DType::kUInt8;
  contract.scale = 1;
  auto reader = data::InputReader::Create(*report.set, {.contract = contract});
  auto pixels = tensor::Tensor::Create(tensor::DType::kUInt8, {1, kThumbnail, kThumbnail, 3});
  if (!reader || !pixels) return "";
  if (!reader->Read(report.samples[picture], pixels->mutable_view())) return "";
  return Cat("<img alt=\"\" width=\"", kThumbnail, "\" height=\"", kThumbnail, "\" src=\"",
             BitmapUrl(kThumbnail, kThumbnail, pixels->view().As<uint8_t>()), "\">");
}

// What the summary says of a model: by column its name and value, the most wanted first.
using Cells = std::vector<std::pair<std::string, std::string>>;

Cells AccuracyCells(const evaluate::Summary& summary) {
  const evaluate::Interval interval = summary.top1->interval();
  return {{"top-1 %", InPercent(summary.top1->value())},
          {"95 % interval", Cat(InPercent(interval.low), " to ", InPercent(interval.high))},
          {"top-5 %", InPercent(summary.top5->value())}};
}

Cells ComparisonCells(const evaluate::Summary& summary, bool labelled) {
  Cells cells = {{"agreement %", InPercent(summary.agreement.value())},
                 {"mean KL", Fixed(summary.divergence, 5)}};
  if (labelled) {
    cells.insert(cells.end(), {{"lost", Cat(summary.only_first_right)},
                               {"won", Cat(summary.only_this_right)},
                               {"p", Fixed(summary.p_value, 4)}});
  }
  cells.emplace_back("SQNR dB", std::isinf(summary.sqnr_db) ? "equal" : Fixed(summary.sqnr_db, 1));
  return cells;
}

std::string SummaryCharts(const EvaluateReport& report) {
  std::vector<ShareMark> top1;
  std::vector<ShareMark> top5;
  std::vector<ShareMark> agreement;
  std::vector<Curve> divergence;
  for (size_t i = 0; i < report.models.size(); ++i) {
    const EvaluatedModel& model = report.models[i];
    if (report.labelled()) {
      for (auto [share, marks] :
           {std::pair(&model.summary.top1, &top1), {&model.summary.top5, &top5}}) {
        const evaluate::Interval interval = (*share)->interval();
        marks->push_back({model.model, (*share)->value(), interval.low, interval.high, i});
      }
    }
    if (i == 0) continue;
    const evaluate::Interval interval = model.summary.agreement.interval();
    agreement.push_back(
        {model.model, model.summary.agreement.value(), interval.low, interval.high, i});
    Curve curve{.name = model.model, .values = {}, .color = i};
    curve.values.reserve(model.answers.size());
    for (const Answer& answer : model.answers) curve.values.push_back(answer.divergence);
    divergence.push_back(std::move(curve));
  }
  std::string charts;
  if (!top1.empty()) {
    charts += ShareChart("Top-1, with its 95 % interval", top1);
    charts += ShareChart("Top-5, with its 95 % interval", top5);
  }
  if (!agreement.empty()) {
    charts += ShareChart("Same best class as the first model", agreement);
    charts += DistributionChart(
        "Share of pictures whose scores are no farther from the first "
        "model's than",
        "KL divergence, nats", divergence);
  }
  return Cat("<div class=\"grid\">", charts, "</div>\n");
}

std::string Classes(const EvaluateReport& report, size_t index) {
  const bool first = index == 0;
  std::vector<std::string> header = {"class", "pictures", "right"};
  if (!first) header.emplace_back("right by the first");
  std::vector<std::vector<std::string>> rows;
  for (const auto& result : pipeline::WorstClasses(report, index, kWorstClasses)) {
    rows.push_back(
        {report.ShortClassName(result.label), Cat(result.top1.total), Cat(result.top1.hits)});
    if (!first) rows.back().push_back(Cat(result.first_top1.hits));
  }
  if (rows.empty()) return "";
  return Cat(first ? "<h3>Classes that it gets wrong most</h3>\n"
                   : "<h3>Classes that lose most against the first</h3>\n",
             HtmlTable(header, rows, 1));
}

std::string Pictures(const EvaluateReport& report, size_t index) {
  std::string cards;
  for (size_t i : pipeline::WorstPictures(report, index, kWorstPictures)) {
    const Answer& answer = report.models[index].answers[i];
    const Answer& first = report.models.front().answers[i];
    auto said = [&](const Answer& a) {
      return Cat(report.ShortClassName(a.best), " ", Fixed(a.best_score, 3));
    };
    cards += Cat("<div class=\"card\">", Thumbnail(report, i), "<div>",
                 Element("div", FileName(report.pictures[i])));
    cards += Cat("<div><b>", Escape(said(answer)), "</b></div>");
    if (index > 0) cards += Element("div", Cat("first: ", said(first)));
    if (report.labelled()) {
      cards += Element("div", Cat("right: ", report.ShortClassName(report.labels[i]), " ",
                                  Fixed(answer.label_score, 3)));
    }
    if (index > 0) {
      cards += Cat("<div class=\"muted\">KL ", Fixed(answer.divergence, 3), "</div>");
    }
    cards += "</div></div>\n";
  }
  if (cards.empty()) return "";
  return Cat(index == 0 ? "<h3>Pictures whose right class has the lowest score</h3>\n"
                        : "<h3>Pictures that are farthest from the first model</h3>\n",
             "<div class=\"cards\">", cards, "</div>\n");
}

std::string Skipped(const EvaluateReport& report) {
  if (report.skipped.empty()) return "";
  std::string html = Element("h2", Cat("Left out: ", report.skipped.size()));
  for (size_t i = 0; i < std::min(report.skipped.size(), kMostSkipped); ++i) {
    html += Element("p", report.skipped[i].reason);
  }
  if (report.skipped.size() > kMostSkipped) {
    html += Element("p", Cat("and ", report.skipped.size() - kMostSkipped, " more"));
  }
  return html;
}

std::string Confusion(const EvaluateReport& report, const EvaluatedModel& model) {
  const std::string chart = ConfusionChart(report, model);
  std::string html = chart.empty() ? "" : Cat("<div class=\"grid\">", chart, "</div>\n");
  evaluate::ConfusionMatrix matrix;
  for (size_t i = 0; i < report.labels.size(); ++i) {
    matrix.Add(report.labels[i], model.answers[i].best);
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& cell : matrix.MostConfused(kMostConfused)) {
    if (cell.count < 2) break;  // one picture is no habit
    rows.push_back({report.ShortClassName(cell.label), report.ShortClassName(cell.predicted),
                    Cat(cell.count)});
  }
  if (rows.empty()) return html;
  return Cat(html, "<h3>Taken for another most often</h3>\n",
             HtmlTable({"right", "answered", "pictures"}, rows, 2));
}

}  // namespace

std::string ModelTable(const EvaluateReport& report) {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  for (const EvaluatedModel& model : report.models) {
    const bool first = &model == &report.models.front();
    Cells cells = {{"model", FileName(model.model)}, {"size", base::Bytes(model.file_bytes)}};
    auto add = [&](const Cells& more) { cells.insert(cells.end(), more.begin(), more.end()); };
    if (report.labelled()) add(AccuracyCells(model.summary));
    if (report.models.size() > 1) {
      Cells compared = ComparisonCells(model.summary, report.labelled());
      for (auto& [name, value] : compared) value = first ? "" : value;
      add(compared);
    }
    auto millions = [](int64_t count) {
      return Cat(Fixed(static_cast<double>(count) / 1e6, 2), " M");
    };
    add({{"ms a picture", Fixed(model.run_ms, 2)},
         {"mult-adds", millions(model.multiply_adds)},
         {"parameters", millions(model.parameters)}});
    rows.emplace_back();
    header.clear();
    for (auto& [name, value] : cells) {
      header.push_back(std::move(name));
      rows.back().push_back(std::move(value));
    }
  }
  return HtmlTable(header, rows, 1);
}

std::string ConfusionChart(const EvaluateReport& report, const EvaluatedModel& model) {
  evaluate::ConfusionMatrix matrix;
  std::set<int64_t> seen;
  for (size_t i = 0; i < report.labels.size(); ++i) {
    matrix.Add(report.labels[i], model.answers[i].best);
    seen.insert({report.labels[i], model.answers[i].best});
  }
  if (seen.size() > kLargestHeatmap) return "";
  const std::vector<int64_t> classes(seen.begin(), seen.end());
  std::vector<std::string> names;
  names.reserve(classes.size());
  for (int64_t label : classes) names.push_back(report.ShortClassName(label));
  return Heatmap(
      "Confusion: rows are right, columns were answered, in the same order", names,
      [&](size_t row, size_t column) { return matrix.count(classes[row], classes[column]); });
}

std::string EvaluationPage(const EvaluateReport& report) {
  std::string body = Element("p", Cat(report.data, report.labelled() ? "" : "; without labels"));
  body += ModelTable(report);
  if (report.models.size() > 1) {
    body +=
        "<p class=\"muted\">Agreement, KL and SQNR are against the first model. Lost and won "
        "are pictures that only the first, or only this model got right; p is how likely luck "
        "alone makes such a difference.</p>\n";
  }
  body += SummaryCharts(report);
  for (size_t i = 0; i < report.models.size(); ++i) {
    const EvaluatedModel& model = report.models[i];
    body += Element("h2", FileName(model.model));
    if (!model.input_contract.empty()) {
      body += Cat("<p class=\"muted\">",
                  Escape(Cat("pictures: ", model.input_contract, " (from ",
                             model.input_contract_from, ")")),
                  "</p>\n");
    }
    if (report.labelled()) body += Classes(report, i) + Confusion(report, model);
    body += Pictures(report, i);
  }
  body += Skipped(report);
  return Page("Evaluation", body);
}

}  // namespace goldcrest::report
