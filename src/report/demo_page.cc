#include "report/demo_page.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "drawing/sign_picture.h"
#include "drawing/signs.h"
#include "events/png.h"
#include "pipeline/layer_losses.h"
#include "report/charts.h"
#include "report/evaluation_page.h"
#include "report/html.h"
#include "report/training_page.h"

namespace goldcrest::report {
namespace {

using base::Cat;
using base::Fixed;
using pipeline::DemoAnswer;
using pipeline::DemoOptions;
using pipeline::DemoReport;
using pipeline::DemoStep;

constexpr int64_t kShownOfEachSign = 5;
constexpr size_t kLayersShown = 6;

std::string ImageOf(const image::Picture& picture, std::string_view text, bool sized) {
  const auto png = events::EncodePng(picture.width, picture.height, picture.rgb);
  const std::string url = png ? PngUrl(*png)
                              : BitmapUrl(static_cast<int>(picture.width),
                                          static_cast<int>(picture.height), picture.rgb);
  const std::string size =
      sized ? Cat("width=\"", picture.width, "\" height=\"", picture.height, "\" ") : "";
  return Cat("<img alt=\"", Escape(text), "\" ", size, "src=\"", url, "\">");
}

std::string InWords(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

// Pictures side by side as one.
image::Picture Row(const std::vector<image::Picture>& pictures) {
  constexpr int64_t kBetween = 3;
  const int64_t side = pictures.front().height;
  const int64_t step = side + kBetween;
  image::Picture row{step * std::ssize(pictures) - kBetween, side, {}};
  row.rgb.assign(static_cast<size_t>(row.width * row.height * 3), 128);
  for (int64_t i = 0; i < std::ssize(pictures); ++i) {
    const std::vector<uint8_t>& rgb = pictures[static_cast<size_t>(i)].rgb;
    for (int64_t y = 0; y < side; ++y) {
      std::copy_n(rgb.begin() + y * side * 3, side * 3,
                  row.rgb.begin() + (y * row.width + i * step) * 3);
    }
  }
  return row;
}

std::string DataSet(const DemoOptions& options) {
  std::string rows;
  const std::vector<drawing::Sign>& signs = drawing::Signs();
  for (size_t sign = 0; sign < signs.size(); ++sign) {
    auto some = [&](drawing::Part part, int64_t most) {
      std::vector<image::Picture> pictures;
      for (int64_t i = 0; i < std::min(most, kShownOfEachSign); ++i) {
        pictures.push_back(
            drawing::Draw({.sign = sign, .part = part, .index = i, .seed = options.seed}));
      }
      return ImageOf(Row(pictures), "", true);
    };
    rows += Cat("<tr><td>", Escape(InWords(signs[sign].name)), "</td><td>",
                some(drawing::Part::kTraining, options.training_pictures), "</td><td>",
                some(drawing::Part::kTest, options.test_pictures), "</td></tr>\n");
  }
  return Cat(
      "<div class=\"wide\"><table class=\"shots\">\n<tr><th></th><th>to learn from</th>"
      "<th>to test on</th></tr>\n",
      rows, "</table></div>\n");
}

std::string Passes(const DemoReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const passes::Report& pass : report.conversion.passes) {
    if (pass.changes == 0) continue;
    rows.push_back({std::string(pass.name), std::string(pass.description), Cat(pass.changes)});
  }
  return HtmlTable({"pass", "what it did", "changes"}, rows, 2);
}

std::string LostByLayers(const DemoReport& report) {
  const auto& layers = report.quantization.layers;
  std::vector<std::vector<std::string>> rows;
  for (size_t i : pipeline::WorstLayers(layers, kLayersShown)) {
    rows.push_back({layers[i].name, std::string(layers[i].op), Fixed(layers[i].sqnr_db, 1),
                    Fixed(100 * layers[i].added_noise, 2)});
  }
  return rows.empty() ? ""
                      : HtmlTable({"layers that lose most", "operator", "SQNR dB", "noise added %"},
                                  rows, 2);
}

ShareMark Mark(std::string name, const evaluate::Share& share, size_t color) {
  const evaluate::Interval interval = share.interval();
  return {std::move(name), share.value(), interval.low, interval.high, color};
}

std::string Accuracy(const DemoReport& report) {
  const pipeline::TrainReport& training = report.training;
  std::vector<ShareMark> marks;
  const double learned = training.fit.epochs.back().training.accuracy;
  marks.push_back({"while learning", learned, learned, learned, 0});
  evaluate::Share alike;
  for (size_t label = 0; label < training.confusion.size(); ++label) {
    const std::vector<int64_t>& answers = training.confusion[label];
    alike.hits += answers[label];
    alike.total += std::accumulate(answers.begin(), answers.end(), int64_t{0});
  }
  if (alike.total > 0) marks.push_back(Mark("others like those", alike, 1));
  marks.push_back(Mark("test, float32", *report.evaluation.models[0].summary.top1, 2));
  marks.push_back(Mark("test, int8", *report.evaluation.models[1].summary.top1, 3));
  return Cat(
      ModelTable(report.evaluation),
      "<p class=\"muted\">Agreement, KL and SQNR are against the float model. Lost and won are "
      "pictures that only the float, or only the integer model got right; p is how likely luck "
      "alone makes such a difference.</p>\n<div class=\"grid\">",
      ShareChart("Right answers, with the 95 % interval", marks),
      ConfusionChart(report.evaluation, report.evaluation.models[1]), "</div>\n");
}

std::string Speed(const DemoReport& report) {
  const pipeline::CompareReport& compared = report.comparison;
  std::vector<std::vector<std::string>> rows;
  for (const pipeline::ComparedModel* model : {&compared.before, &compared.after}) {
    const pipeline::ModelBenchmark& times = model->benchmark;
    rows.push_back({std::filesystem::path(model->model).filename().string(),
                    base::Bytes(model->file_bytes), base::Short(model->multiply_adds),
                    base::Milliseconds(times.run_ms.median), base::Milliseconds(times.load_ms),
                    base::Milliseconds(times.first_run_ms), base::Bytes(times.arena_bytes),
                    base::Bytes(times.peak_rss_bytes)});
  }
  std::string html =
      HtmlTable({"model", "file", "mult-adds", "ms a picture (median)", "ms to open",
                 "ms of the first run", "memory for activations", "memory of the program"},
                rows, 1);
  rows.clear();
  for (const pipeline::LayerDifference& layer : compared.layers) {
    if (layer.alike || !layer.before || !layer.after || rows.size() == kLayersShown) continue;
    const pipeline::Layer& before = compared.before.layers[*layer.before];
    const pipeline::Layer& after = compared.after.layers[*layer.after];
    rows.push_back({after.name, after.op, base::Milliseconds(before.median_ms),
                    base::Milliseconds(after.median_ms), Fixed(layer.speed.ratio, 2)});
  }
  if (rows.empty()) return html;
  return html + HtmlTable({"layers that differ most", "operator", "ms, float32", "ms, int8",
                           "of the time"},
                          rows, 2);
}

std::string Answers(const DemoReport& report) {
  std::string cards;
  for (const DemoAnswer& answer : report.answers) {
    cards += Cat(
        "<figure class=\"", answer.right() ? "right" : "wrong", "\">",
        ImageOf(answer.picture, answer.sign, false), "<div><b>", Escape(InWords(answer.answer)),
        "</b></div><div>", Fixed(answer.score, 2), "</div><div class=\"muted\">",
        answer.right() ? "right" : Cat("is ", Escape(InWords(answer.sign))), "</div></figure>\n");
  }
  return Cat("<div class=\"answers\">", cards, "</div>\n");
}

std::string Step(const DemoStep& step, size_t number, std::string_view content) {
  std::string html = Element("h2", Cat(number, ". ", step.title));
  if (!step.command.empty()) html += Element("pre", step.command);
  for (const std::string& line : step.outcome) html += Element("p", line);
  html += Cat("<p class=\"muted\">", Fixed(step.seconds, 1), " s</p>\n");
  return html + std::string(content);
}

}  // namespace

std::string DemoPage(const DemoOptions& options, const DemoReport& report) {
  double seconds = 0;
  for (const DemoStep& step : report.steps) seconds += step.seconds;
  std::string body = Element(
      "p",
      Cat("A MobileNet that knows ", report.training.classes.size(),
          " traffic signs, from the first picture to a model of ",
          base::Bytes(report.quantization.file_bytes), " in whole numbers, in ", Fixed(seconds, 0),
          " seconds on ", options.threads, options.threads == 1 ? " thread" : " threads",
          ". Every picture was drawn by the program from the number ", options.seed,
          "; nothing was downloaded. Each step is a command that you can call yourself."));
  const auto right = std::ranges::count_if(report.answers, &DemoAnswer::right);
  body += HtmlTable(
      {"", "float32", "int8"},
      {{"right on test pictures",
        Cat(InPercent(report.evaluation.models[0].summary.top1->value()), " %"),
        Cat(InPercent(report.evaluation.models[1].summary.top1->value()), " %")},
       {"file", base::Bytes(report.comparison.before.file_bytes),
        base::Bytes(report.comparison.after.file_bytes)},
       {"ms a picture", base::Milliseconds(report.comparison.before.benchmark.run_ms.median),
        base::Milliseconds(report.comparison.after.benchmark.run_ms.median)},
       {"new pictures named", "", Cat(right, " of ", report.answers.size())}},
      1);
  const std::vector<std::string> content = {
      DataSet(options),
      Cat(TrainingCurves(report.training), "<h3>Diagnosis</h3>\n",
          TrainingDiagnosis(report.training)),
      Passes(report),
      LostByLayers(report),
      Accuracy(report),
      Speed(report),
      Answers(report),
  };
  for (size_t i = 0; i < report.steps.size(); ++i) {
    body += Step(report.steps[i], i + 1, content[i]);
  }
  body += Element("h2", "What next");
  body += Element("p", "The same with photographs of your own, a folder for each class:");
  body += Element("pre",
                  "goldcrest train photos/ --architecture mobilenet_v1 --alpha 0.25 "
                  "--input 96 --augment default -o yours.keras");
  body += Element("p", "With a MobileNet that was trained before, some dozens of each class do:");
  body += Element("pre", "goldcrest train photos/ --from mobilenet.h5 -o yours.keras");
  return Page("From drawings to an integer model", body);
}

}  // namespace goldcrest::report
