#include "cli/evaluation_table.h"

#include <cmath>
#include <filesystem>
#include <set>

#include "cli/command.h"

namespace goldcrest::cli {
namespace {

using evaluate::Share;
using pipeline::EvaluatedModel;
using pipeline::EvaluateReport;

std::string InPercent(double share) { return base::Fixed(share * 100, 1); }

std::string WithInterval(const Share& share) {
  const evaluate::Interval interval = share.interval();
  return base::Cat(InPercent(share.value()), " (", InPercent(interval.low), " to ",
                   InPercent(interval.high), ")");
}

}  // namespace

std::string Decibels(double db) { return std::isinf(db) ? "equal" : base::Fixed(db, 1); }

std::vector<std::string> ModelNames(const EvaluateReport& report) {
  std::vector<std::string> paths;
  std::vector<std::string> names;
  paths.reserve(report.models.size());
  names.reserve(report.models.size());
  for (const EvaluatedModel& model : report.models) {
    paths.push_back(Printable(model.model));
    names.push_back(std::filesystem::path(paths.back()).filename().string());
  }
  const std::set<std::string> distinct(names.begin(), names.end());
  return distinct.size() == names.size() ? names : paths;
}

std::string ModelsTable(const EvaluateReport& report) {
  std::vector<std::string> header = {"model", "size", "parameters", "mult-adds"};
  const bool several = report.models.size() > 1;
  if (report.labelled()) {
    header.insert(header.end(), {"top-1 % (95 % interval)", "top-5 %"});
    if (several) header.insert(header.end(), {"lost", "won", "p"});
  }
  if (several) header.insert(header.end(), {"agreement %", "KL", "SQNR dB"});
  header.emplace_back("ms a picture");
  std::vector<size_t> right(header.size() - 1);
  for (size_t i = 0; i < right.size(); ++i) right[i] = i + 1;
  Table table(std::move(header), std::move(right));
  const std::vector<std::string> names = ModelNames(report);
  size_t table_row = 0;
  for (const EvaluatedModel& model : report.models) {
    const evaluate::Summary& summary = model.summary;
    const bool first = &model == &report.models.front();
    std::vector<std::string> row = {names[table_row++], base::Bytes(model.file_bytes),
                                    Short(model.parameters), Short(model.multiply_adds)};
    if (report.labelled()) {
      row.insert(row.end(), {WithInterval(*summary.top1), InPercent(summary.top5->value())});
    }
    if (report.labelled() && several && !first) {
      row.insert(row.end(),
                 {base::Cat(summary.only_first_right), base::Cat(summary.only_this_right),
                  base::Fixed(summary.p_value, summary.p_value < 0.001 ? 6 : 3)});
    } else if (report.labelled() && several) {
      row.insert(row.end(), {"", "", ""});
    }
    if (several && !first) {
      row.insert(row.end(), {InPercent(summary.agreement.value()),
                             base::Fixed(summary.divergence, 4), Decibels(summary.sqnr_db)});
    } else if (several) {
      row.insert(row.end(), {"", "", ""});
    }
    row.push_back(base::Fixed(model.run_ms, 2));
    table.Add(std::move(row));
  }
  return table.ToString();
}

nlohmann::ordered_json FiguresJson(const EvaluateReport& report, size_t index) {
  const evaluate::Summary& summary = report.models[index].summary;
  nlohmann::ordered_json json;
  json["pictures"] = summary.pictures;
  json["skipped"] = report.skipped.size();
  if (summary.top1) {
    const evaluate::Interval interval = summary.top1->interval();
    json["top1"] = summary.top1->value() * 100;
    json["top1_low"] = interval.low * 100;
    json["top1_high"] = interval.high * 100;
    json["top5"] = summary.top5->value() * 100;
  }
  if (index > 0) {
    json["compared_with"] = report.models.front().model;
    json["agreement"] = summary.agreement.value() * 100;
    json["kl"] = summary.divergence;
    if (!std::isinf(summary.sqnr_db)) json["sqnr_db"] = summary.sqnr_db;
    if (summary.top1) {
      json["only_first_right"] = summary.only_first_right;
      json["only_this_right"] = summary.only_this_right;
      json["p_value"] = summary.p_value;
    }
  }
  return json;
}

}  // namespace goldcrest::cli
