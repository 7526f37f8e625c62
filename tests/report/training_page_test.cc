#include "report/training_page.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "report/charts.h"

namespace goldcrest::report {
namespace {

pipeline::TrainReport Report() {
  pipeline::TrainReport report;
  report.data = "photos/";
  report.classes = {"<ant>", "bee"};
  report.training = 200;
  report.validation = 20;
  report.fit.epochs = {{.epoch = 1,
                        .training = {0.9, 0.5},
                        .validation = train::Score{0.8, 0.6},
                        .rate = 0.001,
                        .samples_per_second = 100},
                       {.epoch = 2,
                        .training = {0.4, 0.9},
                        .validation = train::Score{0.5, 0.85},
                        .rate = 0.001,
                        .samples_per_second = 110}};
  report.fit.best_epoch = 2;
  report.score = train::Score{0.5, 0.85};
  report.confusion = {{9, 1}, {2, 8}};
  report.diagnosis = {{train::Symptom::kFewPictures, "too <few>", "take more"}};
  return report;
}

size_t CountOf(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(TrainingPage, HasCurvesDiagnosisClassesAndSettings) {
  const std::string page = TrainingPage(Report(), {{"--epochs", "2"}, {"--head", "<i>"}});
  EXPECT_EQ(CountOf(page, "<figure>"), 6U);     // four curves, classes, confusion
  EXPECT_EQ(CountOf(page, "<polyline"), 6U);    // two of loss, two of accuracy, rate, speed
  EXPECT_EQ(CountOf(page, "kept</text>"), 2U);  // the best epoch is marked
  for (const char* part : {"Too few pictures", "too &lt;few&gt;", "What to do: take more", "85.0 %",
                           "&lt;ant&gt; (9 of 10)", "&lt;ant&gt; → bee: 1",
                           "<td>--epochs</td><td>2</td>", "<td>--head</td><td>&lt;i&gt;</td>"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  // Needs nothing but itself.
  for (const char* part : {"<script", "http:", "https:", "<link", "url(", "<ant>", "<few>"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
}

TEST(TrainingPage, WithoutValidation) {
  pipeline::TrainReport report = Report();
  for (train::EpochReport& epoch : report.fit.epochs) epoch.validation.reset();
  report.fit.best_epoch.reset();
  report.score.reset();
  report.confusion.clear();
  report.diagnosis.clear();
  const std::string page = TrainingPage(report, {});
  EXPECT_EQ(CountOf(page, "<figure>"), 4U);
  EXPECT_EQ(CountOf(page, "<polyline"), 4U);
  EXPECT_NE(page.find("Nothing stands out."), std::string::npos);
}

TEST(EpochCharts, AnyNumbersMakeAChart) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& values : {std::vector<double>{},
                                            {0},
                                            {1e-9},
                                            {1e300, 1},
                                            {NAN, 1, NAN, 2, 3, kInfinite},
                                            {-1, 1},
                                            {1, 1, 1}}) {
    for (bool shares : {false, true}) {
      const std::string chart = EpochChart("c", {.shares = shares}, {{"m", values, 0}});
      EXPECT_EQ(chart.find("nan"), std::string::npos) << chart;
      EXPECT_EQ(chart.find("inf"), std::string::npos) << chart;
      EXPECT_LT(chart.size(), 10000U);
    }
  }
  EXPECT_NE(EpochChart("c", {}, {{"m", {NAN, 1}, 0}}).find("<circle"), std::string::npos);
  // Ticks of 1, 2 and 5.
  const std::string chart = EpochChart("c", {}, {{"m", {0.93, 0.1}, 0}});
  for (const char* tick : {">0.5<", ">1.0<"})
    EXPECT_NE(chart.find(tick), std::string::npos) << chart;
}

}  // namespace
}  // namespace goldcrest::report
