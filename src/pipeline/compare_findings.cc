#include "pipeline/compare_findings.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace goldcrest::pipeline {
namespace {

constexpr double kLeastShare = 0.05;
constexpr int64_t kNarrowHead = 128;  // units of a hidden layer, as --head's example has it

double Ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::string Percent(double share) { return base::Cat(base::Fixed(100 * share, 0), " %"); }

// What a layer adds, and how much that is of the second model.
struct Added {
  double of_time, of_weights, of_multiply_adds;

  bool counts() const {
    return of_time >= kLeastShare || of_weights >= kLeastShare || of_multiply_adds >= kLeastShare;
  }
};

bool IsSlower(const LayerDifference& layer) {
  return !layer.before || layer.speed.verdict == SpeedVerdict::kSlower;
}

Added AddedBy(const LayerDifference& layer, const ComparedModel& after) {
  const double whole_ms =
      after.layers[*layer.after].share > 0
          ? after.layers[*layer.after].median_ms / after.layers[*layer.after].share
          : 0;
  return {.of_time = IsSlower(layer) ? Ratio(layer.ms, whole_ms) : 0,
          .of_weights = Ratio(static_cast<double>(layer.weight_bytes),
                              static_cast<double>(after.weight_bytes)),
          .of_multiply_adds = Ratio(static_cast<double>(layer.multiply_adds),
                                    static_cast<double>(after.multiply_adds))};
}

// "dense (fully_connected, 256 → 1024; before 256 → 2)"
std::string NameWithSize(const LayerDifference& layer, const CompareReport& report) {
  const Layer& after = report.after.layers[*layer.after];
  std::string text = base::Cat(after.name, " (", after.op);
  if (!after.weights.empty()) text += base::Cat(", ", after.weights);
  if (layer.before) {
    const Layer& before = report.before.layers[*layer.before];
    if (before.weights != after.weights) text += base::Cat("; before ", before.weights);
    if (before.weight_type != after.weight_type) {
      text += base::Cat("; ", after.weight_type, " instead of ", before.weight_type);
    }
  }
  return text + ")";
}

// "0.26 M parameters, 1.0 MB, 0.26 M multiply-adds, 0.09 ms: 12 % of the time, 56 % of the weights"
std::string Costs(const LayerDifference& layer, const Added& added) {
  std::vector<std::string> costs;
  auto millions = [](int64_t number) {
    return number >= 10000 ? base::Cat(base::Fixed(static_cast<double>(number) / 1e6, 2), " M")
                           : base::Cat(number);
  };
  if (layer.parameters > 0) costs.push_back(millions(layer.parameters) + " parameters");
  if (layer.weight_bytes > 0) {
    costs.push_back(base::Bytes(static_cast<uint64_t>(layer.weight_bytes)));
  }
  if (layer.multiply_adds > 0) costs.push_back(millions(layer.multiply_adds) + " multiply-adds");
  if (IsSlower(layer) && layer.ms > 0) costs.push_back(base::Milliseconds(layer.ms) + " ms");
  std::vector<std::string> shares;
  if (added.of_time > 0) shares.push_back(Percent(added.of_time) + " of the time");
  if (added.of_weights > 0) shares.push_back(Percent(added.of_weights) + " of the weights");
  if (added.of_multiply_adds > 0) {
    shares.push_back(Percent(added.of_multiply_adds) + " of the multiply-adds");
  }
  return base::Cat(base::Join(costs, ", "), ": ", base::Join(shares, ", "), " of the whole");
}

// Units of a fully connected layer that is not the last one with weights.
std::optional<int64_t> HiddenUnits(const ComparedModel& model, size_t index) {
  const Layer& layer = model.layers[index];
  if (layer.op != "fully_connected" || layer.shape.empty()) return std::nullopt;
  const bool last =
      std::ranges::all_of(model.layers.begin() + static_cast<ptrdiff_t>(index) + 1,
                          model.layers.end(), [](const Layer& l) { return l.weights.empty(); });
  if (last) return std::nullopt;
  return layer.shape.back();
}

std::string HeadRemedy(int64_t units) {
  std::string remedy = "a head without a hidden layer (train without --head) costs none of it";
  if (units >= 2 * kNarrowHead) {
    remedy += base::Cat(", a narrower one (--head dense:", kNarrowHead, ") a ",
                        Percent(static_cast<double>(kNarrowHead) / static_cast<double>(units)),
                        " share of it");
  }
  return remedy;
}

std::string Remedy(const LayerDifference& difference, const CompareReport& report) {
  const Layer& after = report.after.layers[*difference.after];
  const std::optional<int64_t> hidden = HiddenUnits(report.after, *difference.after);
  if (!difference.before) {
    if (hidden) return HeadRemedy(*hidden);
    if (after.op == "quantize" || after.op == "dequantize") {
      return "integers and reals meet here: quantize with another --io, or without kept layers";
    }
    return "only the second model has it";
  }
  const Layer& before = report.before.layers[*difference.before];
  if (difference.weight_bytes > 0 && difference.parameters <= 0) {
    return base::Cat("its weights are ", after.weight_type, " and were ", before.weight_type,
                     ": goldcrest quantize makes them smaller");
  }
  if (difference.parameters > 0 && hidden) return HeadRemedy(*hidden);
  if (difference.parameters > 0 && after.op == "fully_connected") {
    return "more classes or more features cost this";
  }
  if (difference.parameters > 0) return "the layer is wider: start from a model of smaller --alpha";
  if (difference.multiply_adds > 0) {
    return base::Cat("it computes ", tensor::ToString(after.shape), " instead of ",
                     tensor::ToString(before.shape), ": a smaller input (train --size) costs less");
  }
  if (before.kernel != after.kernel) {
    return base::Cat("it runs on the kernel ", after.kernel, " instead of ", before.kernel,
                     ": goldcrest inspect --explain says why");
  }
  return base::Cat("it costs the same, and computes on ", tensor::NameOf(after.dtype),
                   before.dtype == after.dtype
                       ? " as before"
                       : base::Cat(" instead of ", tensor::NameOf(before.dtype)));
}

}  // namespace

std::vector<CostFinding> FindCosts(const CompareReport& report) {
  std::vector<CostFinding> findings;
  for (const LayerDifference& layer : report.layers) {
    if (!layer.after || layer.alike) continue;
    const Added added = AddedBy(layer, report.after);
    if (!added.counts()) continue;
    findings.push_back({base::Cat(NameWithSize(layer, report),
                                  layer.before ? " adds " : " is new: ", Costs(layer, added)),
                        Remedy(layer, report)});
  }
  return findings;
}

}  // namespace goldcrest::pipeline
