#include "cli/benchmark_profile.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/strings.h"
#include "cli/command.h"

namespace goldcrest::cli {
namespace {

using base::Milliseconds;
using pipeline::ModelBenchmark;
using pipeline::StepTime;
using roofline::Factors;
using roofline::Roofline;

constexpr size_t kSlowest = 10;
constexpr double kGiga = 1e9;

// A step, or several of one kind together.
struct Timed {
  std::string op;
  int64_t nodes = 0;
  double ms = 0;
  double share = 0;
  int64_t multiply_adds = 0;
  int64_t bytes = 0;
  double roofline_ms = 0;
  double memory_ms = 0;  // the part of it in which memory is the limit

  void Add(const StepTime& step) {
    op = step.op;
    ++nodes;
    ms += step.median_ms;
    share += step.share;
    multiply_adds += step.work.multiply_adds;
    bytes += step.work.bytes_read + step.work.bytes_written;
    roofline_ms += step.limit.seconds * 1e3;
    if (step.limit.by_memory) memory_ms += step.limit.seconds * 1e3;
  }

  // A multiply-add is two operations.
  double giga_operations_per_s() const {
    return ms > 0 ? 2 * static_cast<double>(multiply_adds) / ms / 1e6 : 0;
  }
  double roofline_fraction() const { return ms > 0 ? roofline_ms / ms : 0; }
  std::string_view limit() const { return memory_ms * 2 > roofline_ms ? "memory" : "arithmetic"; }
};

Timed Of(const StepTime& step) {
  Timed timed;
  timed.Add(step);
  return timed;
}

// By kind of operator, the slowest first.
std::vector<Timed> ByOperator(const std::vector<StepTime>& steps) {
  std::map<std::string, Timed> by_name;
  for (const StepTime& step : steps) by_name[step.op].Add(step);
  std::vector<Timed> operators;
  operators.reserve(by_name.size());
  for (auto& [name, op] : by_name) operators.push_back(std::move(op));
  std::ranges::stable_sort(operators, std::greater(), &Timed::ms);
  return operators;
}

const std::vector<std::string> kColumns = {"ms",    "share", "GFLOP/s, GOP/s",
                                           "bytes", "limit", "of limit"};

void AppendCells(const Timed& timed, std::vector<std::string>& row) {
  row.push_back(Milliseconds(timed.ms));
  row.push_back(Percent(timed.share));
  row.push_back(timed.multiply_adds == 0 ? "" : base::Fixed(timed.giga_operations_per_s(), 1));
  row.push_back(base::Bytes(static_cast<uint64_t>(timed.bytes)));
  row.emplace_back(timed.limit());
  row.push_back(Percent(timed.roofline_fraction()));
}

std::vector<std::string> Header(std::vector<std::string> names) {
  names.insert(names.end(), kColumns.begin(), kColumns.end());
  return names;
}

std::string Operators(const ModelBenchmark& result) {
  Table table(Header({"operator", "nodes"}), {1, 2, 3, 4, 5, 7});
  Timed all;
  auto add = [&](const std::string& name, const Timed& timed) {
    std::vector<std::string> row = {name, base::Cat(timed.nodes)};
    AppendCells(timed, row);
    table.Add(std::move(row));
  };
  for (const StepTime& step : result.steps) all.Add(step);
  for (const Timed& op : ByOperator(result.steps)) add(op.op, op);
  add("all", all);
  return table.ToString();
}

std::string Slowest(const ModelBenchmark& result) {
  std::vector<StepTime> steps = result.steps;
  std::ranges::stable_sort(steps, std::greater(), &StepTime::median_ms);
  steps.resize(std::min(steps.size(), kSlowest));
  Table table(Header({"slowest", "operator", "kernel"}), {3, 4, 5, 6, 8});
  for (const StepTime& step : steps) {
    std::vector<std::string> row = {Printable(ShortName(step.name)), step.op, step.kernel};
    AppendCells(Of(step), row);
    table.Add(std::move(row));
  }
  return table.ToString();
}

// A line: what the limits are made of.
std::string Limits(const Roofline& roofline) {
  auto rate = [&](Factors factors) { return base::Fixed(2 * roofline.rate(factors) / kGiga, 0); };
  std::string text = base::Cat("this machine: ", rate(Factors::kFloat32), " GFLOP/s of float32, ",
                               rate(Factors::kBfloat16), " of bfloat16, ", rate(Factors::kInt8),
                               " GOP/s of int8; GB/s read, written");
  for (const roofline::Bandwidth& memory : roofline.memory) {
    text += base::Cat(&memory == &roofline.memory.front() ? " in " : "; ", base::Bytes(memory.size),
                      ": ", base::Fixed(memory.read_per_s / kGiga, 0), ", ",
                      base::Fixed(memory.written_per_s / kGiga, 0));
  }
  return text + "\n";
}

nlohmann::ordered_json ToJson(const Roofline& roofline) {
  nlohmann::ordered_json json = {{"float_gops", 2 * roofline.rate(Factors::kFloat32) / kGiga},
                                 {"bfloat16_gops", 2 * roofline.rate(Factors::kBfloat16) / kGiga},
                                 {"integer_gops", 2 * roofline.rate(Factors::kInt8) / kGiga}};
  for (const roofline::Bandwidth& memory : roofline.memory) {
    json["memory"].push_back({{"bytes", memory.size},
                              {"read_gb_per_s", memory.read_per_s / kGiga},
                              {"written_gb_per_s", memory.written_per_s / kGiga}});
  }
  return json;
}

void AddRates(const Timed& timed, nlohmann::ordered_json& json) {
  json["multiply_adds"] = timed.multiply_adds;
  json["gops"] = timed.giga_operations_per_s();
  json["bytes"] = timed.bytes;
  json["roofline_ms"] = timed.roofline_ms;
  json["roofline_fraction"] = timed.roofline_fraction();
  json["limit"] = timed.limit();
}

}  // namespace

std::string ProfileTables(const ModelBenchmark& result) {
  return base::Cat(Operators(result), "\n", Slowest(result), "\n", Limits(result.roofline));
}

void AddProfile(const ModelBenchmark& result, nlohmann::ordered_json& json) {
  if (result.steps.empty()) return;
  json["roofline"] = ToJson(result.roofline);
  for (const Timed& op : ByOperator(result.steps)) {
    nlohmann::ordered_json one = {
        {"op", op.op}, {"nodes", op.nodes}, {"ms", op.ms}, {"share", op.share}};
    AddRates(op, one);
    json["operators"].push_back(std::move(one));
  }
  for (const StepTime& step : result.steps) {
    nlohmann::ordered_json one = {{"name", step.name},
                                  {"op", step.op},
                                  {"kernel", step.kernel},
                                  {"median_ms", step.median_ms},
                                  {"share", step.share}};
    AddRates(Of(step), one);
    json["steps"].push_back(std::move(one));
  }
}

}  // namespace goldcrest::cli
