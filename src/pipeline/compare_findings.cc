#include "pipeline/compare_findings.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace goldcrest::pipeline {
namespace {

constexpr double kLeastShare = 0.05;
constexpr int64_t kNarrowHead = 128;  // units of a hidden layer
constexpr size_t kMostNamed = 3;

struct Costs {
  int64_t parameters = 0, weight_bytes = 0, multiply_adds = 0;
  double ms = 0;
};

// Layers about which the same can be done.
struct CostGroup {
  std::string remedy;
  std::vector<const LayerDifference*> layers;  // as the report has them
  Costs costs;
  double of_time = 0, of_weights = 0, of_multiply_adds = 0;  // of the second model

  double largest_share() const { return std::max({of_time, of_weights, of_multiply_adds}); }
};

// What is more than before; times only where noise does not account for them.
Costs CostsOf(const LayerDifference& layer) {
  const bool slower = !layer.before || layer.speed.verdict == SpeedVerdict::kSlower;
  return {.parameters = std::max<int64_t>(layer.parameters, 0),
          .weight_bytes = std::max<int64_t>(layer.weight_bytes, 0),
          .multiply_adds = std::max<int64_t>(layer.multiply_adds, 0),
          .ms = slower ? std::max(layer.ms, 0.0) : 0};
}

// Without the names of layers that have been fused into it.
std::string FirstName(const Layer& layer) { return layer.name.substr(0, layer.name.find(';')); }

// "dense (fully_connected, 256 → 1024; new)"
std::string NameWithSize(const LayerDifference& difference, const CompareReport& report) {
  const Layer& after = report.after.layers[*difference.after];
  std::string text = base::Cat(FirstName(after), " (", after.op);
  if (!after.weights.empty()) text += base::Cat(", ", after.weights);
  if (!difference.before) return text + "; new)";
  const Layer& before = report.before.layers[*difference.before];
  if (before.weights != after.weights) text += base::Cat("; before ", before.weights);
  if (before.weight_type != after.weight_type) {
    text += base::Cat("; ", after.weight_type, " instead of ", before.weight_type);
  }
  return text + ")";
}

// "0.26 M parameters, 1.0 MB, 0.26 M multiply-adds, 0.09 ms: 12 % of the time, 56 % of the weights"
std::string InWords(const CostGroup& group) {
  const Costs& costs = group.costs;
  std::vector<std::string> amounts;
  auto add_count = [&](int64_t number, const char* what) {
    if (number == 0) return;
    const bool many = number >= 10000;
    amounts.push_back(base::Cat(
        many ? base::Fixed(static_cast<double>(number) / 1e6, 2) + " M" : base::Cat(number), what));
  };
  add_count(costs.parameters, " parameters");
  if (costs.weight_bytes > 0) {
    amounts.push_back(base::Bytes(static_cast<uint64_t>(costs.weight_bytes)));
  }
  add_count(costs.multiply_adds, " multiply-adds");
  if (costs.ms > 0) amounts.push_back(base::Milliseconds(costs.ms) + " ms");
  std::vector<std::string> shares;
  auto add_share = [&](double share, const char* what) {
    constexpr double kLeastPrinted = 0.005;
    if (share < kLeastPrinted) return;
    shares.push_back(base::Cat(base::Fixed(100 * share, 0), " % of the ", what));
  };
  add_share(group.of_time, "time");
  add_share(group.of_weights, "weights");
  add_share(group.of_multiply_adds, "multiply-adds");
  return base::Cat(base::Join(amounts, ", "), ": ", base::Join(shares, ", "), " of the whole");
}

std::string ToText(const CostGroup& group, const CompareReport& report) {
  if (group.layers.size() == 1) {
    return base::Cat(NameWithSize(*group.layers.front(), report), " adds ", InWords(group));
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(group.layers.size(), kMostNamed); ++i) {
    names.push_back(NameWithSize(*group.layers[i], report));
  }
  return base::Cat(group.layers.size(), " layers add ", InWords(group),
                   "; those that differ most in time: ", base::Join(names, ", "));
}

bool IsDense(const Layer& layer) { return layer.op == "fully_connected" && !layer.shape.empty(); }

bool IsLastWithWeights(const ComparedModel& model, size_t index) {
  return std::all_of(model.layers.begin() + static_cast<ptrdiff_t>(index) + 1, model.layers.end(),
                     [](const Layer& layer) { return layer.weights.empty(); });
}

std::string RemedyOfHead(int64_t units) {
  std::string remedy = "a head without a hidden layer (train without --head) costs none of this";
  if (units >= 2 * kNarrowHead) {
    const double share = static_cast<double>(kNarrowHead) / static_cast<double>(units);
    remedy += base::Cat(", a narrower one (--head dense:", kNarrowHead, ") ",
                        base::Fixed(100 * share, 1), " % of it");
  }
  return remedy;
}

std::string RemedyOfNew(const Layer& layer) {
  if (layer.op == "quantize" || layer.op == "dequantize") {
    return "integers and reals meet there: quantize with another --io, or keep fewer layers in "
           "wider types";
  }
  return "only the second model has this";
}

std::string RemedyOfChanged(const LayerDifference& difference, const CompareReport& report) {
  const Layer& before = report.before.layers[*difference.before];
  const Layer& after = report.after.layers[*difference.after];
  std::vector<std::string> remedies;
  if (difference.weight_bytes > 0 && after.weight_type != before.weight_type) {
    remedies.push_back(base::Cat("weights are ", after.weight_type, " instead of ",
                                 before.weight_type, ": goldcrest quantize makes them smaller"));
  }
  if (difference.parameters > 0) {
    const bool classifier = IsLastWithWeights(report.after, *difference.after);
    remedies.emplace_back(classifier ? "more classes, or more features to tell them by, cost this"
                                     : "wider: a model of smaller --alpha is narrower");
  } else if (difference.multiply_adds > 0) {
    remedies.emplace_back(
        "more positions are computed: a smaller input (train --size) or larger strides cost less");
  }
  if (remedies.empty() && before.weight_type != after.weight_type) {
    remedies.push_back(base::Cat(after.weight_type, " (", after.kernel, ") is slower here than ",
                                 before.weight_type, " (", before.kernel,
                                 "): smaller weights are what it is good for"));
  } else if (remedies.empty() && before.kernel != after.kernel) {
    remedies.push_back(base::Cat("the kernel is ", after.kernel, " instead of ", before.kernel,
                                 ": goldcrest inspect --explain says why"));
  }
  if (remedies.empty()) remedies.emplace_back("slower at the same work, on the same kernel");
  return base::Join(remedies, "; ");
}

std::string RemedyOf(const LayerDifference& difference, const CompareReport& report) {
  const Layer& after = report.after.layers[*difference.after];
  const bool hidden = IsDense(after) && !IsLastWithWeights(report.after, *difference.after);
  const bool larger = !difference.before || difference.parameters > 0;
  if (hidden && larger) return RemedyOfHead(after.shape.back());
  return difference.before ? RemedyOfChanged(difference, report) : RemedyOfNew(after);
}

void Add(const LayerDifference& layer, const Costs& costs, CostGroup& group) {
  group.layers.push_back(&layer);
  group.costs.parameters += costs.parameters;
  group.costs.weight_bytes += costs.weight_bytes;
  group.costs.multiply_adds += costs.multiply_adds;
  group.costs.ms += costs.ms;
}

double Ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

std::vector<CostFinding> FindCosts(const CompareReport& report) {
  std::vector<CostGroup> groups;
  for (const LayerDifference& layer : report.layers) {
    if (!layer.after || layer.alike) continue;
    const Costs costs = CostsOf(layer);
    if (costs.weight_bytes == 0 && costs.multiply_adds == 0 && costs.ms == 0) continue;
    const std::string remedy = RemedyOf(layer, report);
    auto group = std::ranges::find(groups, remedy, &CostGroup::remedy);
    if (group == groups.end()) group = groups.insert(group, {.remedy = remedy, .layers = {}});
    Add(layer, costs, *group);
  }
  const ComparedModel& after = report.after;
  const double after_ms =
      std::accumulate(after.layers.begin(), after.layers.end(), 0.0,
                      [](double sum, const Layer& layer) { return sum + layer.median_ms; });
  for (CostGroup& group : groups) {
    group.of_time = Ratio(group.costs.ms, after_ms);
    group.of_weights = Ratio(static_cast<double>(group.costs.weight_bytes),
                             static_cast<double>(after.weight_bytes));
    group.of_multiply_adds = Ratio(static_cast<double>(group.costs.multiply_adds),
                                   static_cast<double>(after.multiply_adds));
  }
  std::erase_if(groups, [](const CostGroup& group) { return group.largest_share() < kLeastShare; });
  std::ranges::stable_sort(groups, std::greater(), &CostGroup::largest_share);
  std::vector<CostFinding> findings;
  findings.reserve(groups.size());
  for (const CostGroup& group : groups) findings.push_back({ToText(group, report), group.remedy});
  return findings;
}

}  // namespace goldcrest::pipeline
