#include "quantize/as_trained.h"

#include <algorithm>
#include <cmath>

#include "graph/infer.h"

namespace goldcrest::quantize {
namespace {

using graph::ValueId;
using tensor::DType;

bool IsFakeQuant(const graph::Node& node) {
  return std::holds_alternative<graph::FakeQuant>(node.op);
}

Scheme SchemeOf(const graph::Graph& graph, DType dtype, std::vector<std::string>& notes) {
  return MakeScheme(graph, dtype, std::vector<bool>(graph.nodes.size(), true), notes);
}

// A range as it is said.
std::string InWords(double low, double high) {
  return base::Cat(static_cast<float>(low), " to ", static_cast<float>(high));
}

// Operators of several activations that share a scale.
bool JoinsValues(const graph::Op& op) {
  return std::holds_alternative<graph::Concatenation>(op) ||
         std::holds_alternative<graph::Maximum>(op) || std::holds_alternative<graph::Minimum>(op);
}

// Puts a FakeQuant of the whole's range before each operand of an operator whose operands are to
// share one and have several.
class RangeSplitter {
 public:
  explicit RangeSplitter(graph::Graph& graph) : graph_(graph) {}

  Status Split(DType dtype) {
    std::vector<std::string> ignored;
    const Scheme scheme = SchemeOf(graph_, dtype, ignored);
    std::map<int32_t, std::vector<TrainedRange>> ranges;  // by group, different ones
    for (const graph::Node& node : graph_.nodes) {
      if (!IsFakeQuant(node)) continue;
      GOLDCREST_TRY(const TrainedRange range, RangeOf(graph_, node));
      behind_.try_emplace(node.inputs[0], range);
      std::vector<TrainedRange>& known = ranges[scheme.group_of[static_cast<size_t>(node.output)]];
      if (std::ranges::find(known, range) == known.end()) known.push_back(range);
    }
    std::vector<graph::Node> nodes = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (graph::Node& node : nodes) {
      const int32_t group = scheme.group_of[static_cast<size_t>(node.output)];
      const auto found = ranges.find(group);
      if (JoinsValues(node.op) && found != ranges.end() && found->second.size() > 1) {
        AddParts(node, WholeRange(node, found->second));
      }
      graph_.nodes.push_back(std::move(node));
    }
    return graph::InferShapes(graph_);
  }

 private:
  // What is said of the result itself, else all that its operands have.
  TrainedRange WholeRange(const graph::Node& node, const std::vector<TrainedRange>& parts) const {
    const auto said = behind_.find(node.output);
    if (said != behind_.end()) return said->second;
    TrainedRange whole = parts[0];
    for (const TrainedRange& part : parts) {
      whole = {std::min(whole.low, part.low), std::max(whole.high, part.high), false};
    }
    return whole;
  }

  void AddParts(graph::Node& node, const TrainedRange& range) {
    const std::string name = graph_.NameOf(node);
    const auto low = static_cast<float>(range.low);
    const auto high = static_cast<float>(range.high);
    const ValueId min = graph_.AddConstant(base::Cat(name, "/min"), {1}, {&low, 1});
    const ValueId max = graph_.AddConstant(base::Cat(name, "/max"), {1}, {&high, 1});
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      node.inputs[i] = graph_.AddNode(graph::FakeQuant{.narrow_range = range.narrow},
                                      {node.inputs[i], min, max}, base::Cat(name, "/part_", i));
    }
  }

  graph::Graph& graph_;
  std::map<ValueId, TrainedRange> behind_;  // the first FakeQuant's that reads a value
};

// Finds the parameters of all activations.
class Activations {
 public:
  Activations(const graph::Graph& graph, const Scheme& scheme, const TrainedOptions& options)
      : graph_(graph), scheme_(scheme), options_(options) {
    for (const std::optional<tensor::Quantization>& fixed : scheme.fixed) {
      stated_.push_back(fixed.has_value());
      scales_.emplace_back();
      if (fixed) scales_.back() = ExactScale{fixed->scale[0], fixed->zero_point[0]};
    }
  }

  // By group of the scheme.
  Result<std::vector<ExactScale>> Find(const WeightRanges& constants) {
    GOLDCREST_RETURN_IF_ERROR(TakeInputs());
    GOLDCREST_RETURN_IF_ERROR(TakeFakeQuants());
    TakeConstants(constants);
    PassOn();
    return Complete();
  }

 private:
  using Known = std::optional<ExactScale>;

  bool Has(ValueId id) const { return scheme_.group_of[static_cast<size_t>(id)] >= 0; }
  size_t GroupOf(ValueId id) const {
    return static_cast<size_t>(scheme_.group_of[static_cast<size_t>(id)]);
  }
  Known& Of(ValueId id) { return scales_[GroupOf(id)]; }
  bool IsStated(ValueId id) const { return stated_[GroupOf(id)]; }

  Status TakeInputs() {
    if (options_.inputs.empty()) return {};
    if (options_.inputs.size() != graph_.inputs.size()) {
      return Fail(ErrorCode::kUsage, "--mean_values and --std_dev_values are of ",
                  options_.inputs.size(), " inputs, the model has ", graph_.inputs.size());
    }
    const tensor::IntegerLimits limits = *tensor::LimitsOf(options_.dtype);
    for (size_t i = 0; i < options_.inputs.size(); ++i) {
      const InputScaling& scaling = options_.inputs[i];
      const ValueId id = graph_.inputs[i];
      const TrainedRange range{(limits.low - scaling.mean) / scaling.deviation,
                               (limits.high - scaling.mean) / scaling.deviation};
      if (!(scaling.deviation > 0) || range.low > 0 || range.high < 0) {
        return Fail(ErrorCode::kUsage, "a mean of ", scaling.mean, " and a standard deviation of ",
                    scaling.deviation, " make the input '", graph_.value(id).name, "' ",
                    InWords(range.low, range.high),
                    "; the deviation is to be positive, and 0 in the range");
      }
      if (!Has(id)) continue;
      GOLDCREST_RETURN_IF_ERROR(CheckInput(id, scaling, range));
      Of(id) = ScaleOf(range, options_.dtype);
      stated_[GroupOf(id)] = true;
    }
    return {};
  }

  // Against the operator that the input was trained with.
  Status CheckInput(ValueId id, const InputScaling& scaling, const TrainedRange& range) const {
    for (const graph::Node& node : graph_.nodes) {
      if (!IsFakeQuant(node) || node.inputs[0] != id) continue;
      GOLDCREST_TRY(const TrainedRange trained, RangeOf(graph_, node));
      const double half = 0.5 / scaling.deviation;
      const bool agrees =
          std::fabs(trained.low - range.low) < half && std::fabs(trained.high - range.high) < half;
      if (agrees) continue;
      const ExactScale exact = ScaleOf(trained, options_.dtype);
      return Fail(ErrorCode::kUsage, "by --mean_values ", scaling.mean, " and --std_dev_values ",
                  scaling.deviation, " the input '", graph_.value(id).name, "' is ",
                  InWords(range.low, range.high), ", but '", graph_.NameOf(node),
                  "' says that it was trained with ", InWords(trained.low, trained.high),
                  "; that is --mean_values ", exact.zero, " --std_dev_values ", 1 / exact.scale);
    }
    return {};
  }

  Status TakeFakeQuants() {
    for (const graph::Node& node : graph_.nodes) {
      if (!IsFakeQuant(node) || !Has(node.output)) continue;
      GOLDCREST_TRY(const TrainedRange range, RangeOf(graph_, node));
      if (IsStated(node.inputs[0])) {
        // What is stated holds behind the operator too.
        Of(node.output) = Of(node.inputs[0]);
        continue;
      }
      Of(node.output) = ScaleOf(range, options_.dtype);
      if (!Of(node.inputs[0])) Of(node.inputs[0]) = Of(node.output);
    }
    return {};
  }

  void TakeConstants(const WeightRanges& constants) {
    for (size_t i = 0; i < graph_.values.size(); ++i) {
      const graph::Value& value = graph_.values[i];
      const auto id = static_cast<ValueId>(i);
      if (!value.constant || !Has(id) || Of(id)) continue;
      const auto trained = constants.find(value.name);
      if (trained != constants.end() && trained->second.ranges.size() == 1) {
        Of(id) = ScaleOf(trained->second.ranges[0], options_.dtype);
      } else {
        const Range range = quantize::RangeOf(value.constant->As<float>());
        Of(id) = ScaleOf(TrainedRange{range.low, range.high}, options_.dtype);
      }
    }
  }

  // Results that lie in the range of what they are made of.
  void PassOn() {
    for (const graph::Node& node : graph_.nodes) {
      const bool inside = std::holds_alternative<graph::Mean>(node.op) ||
                          std::holds_alternative<graph::Activate>(node.op);
      if (!inside || !Has(node.output) || !Has(node.inputs[0]) || Of(node.output)) continue;
      Of(node.output) = Of(node.inputs[0]);
    }
  }

  Result<std::vector<ExactScale>> Complete() {
    std::vector<ExactScale> complete;
    for (size_t group = 0; group < scales_.size(); ++group) {
      if (scales_[group]) {
        complete.push_back(*scales_[group]);
      } else if (options_.default_range) {
        complete.push_back(
            ScaleOf(TrainedRange{options_.default_range->low, options_.default_range->high},
                    options_.dtype));
      } else {
        return Missing(group);
      }
    }
    return complete;
  }

  std::unexpected<Error> Missing(size_t first) const {
    size_t more = 0;
    for (size_t i = first + 1; i < scales_.size(); ++i) more += scales_[i] ? 0 : 1;
    const auto id =
        static_cast<size_t>(std::ranges::find(scheme_.group_of, static_cast<int32_t>(first)) -
                            scheme_.group_of.begin());
    const bool is_input =
        std::ranges::find(graph_.inputs, static_cast<ValueId>(id)) != graph_.inputs.end();
    return Fail(
        ErrorCode::kUnsupported, is_input ? "the input '" : "the value '", graph_.values[id].name,
        "'", more == 0 ? "" : base::Cat(" (and ", more, " more)"),
        " has no range, for no FakeQuant was trained behind it; ",
        is_input ? "state --mean_values and --std_dev_values, or " : "",
        "give all such one with --default_ranges_min and --default_ranges_max, to try speed; or "
        "measure ranges of the float model on pictures with goldcrest quantize");
  }

  const graph::Graph& graph_;
  const Scheme& scheme_;
  const TrainedOptions& options_;
  std::vector<Known> scales_;  // by group
  std::vector<bool> stated_;   // by group: by the user or the specification
};

}  // namespace

Result<graph::Graph> IntegersAsTrained(graph::Graph graph, const WeightRanges& weights,
                                       const TrainedOptions& options,
                                       std::vector<std::string>& notes) {
  GOLDCREST_RETURN_IF_ERROR(RangeSplitter(graph).Split(options.dtype));
  Plan plan;
  plan.layers.resize(graph.nodes.size());
  plan.parts.push_back({.scheme = SchemeOf(graph, options.dtype, notes), .activations = {}});
  IntegerPart& part = plan.parts[0];
  GOLDCREST_TRY(const std::vector<ExactScale> scales,
                Activations(graph, part.scheme, options).Find(weights));
  for (const ExactScale& each : scales) part.activations.push_back(each.parameters());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (!part.scheme.integer[i] || !IsLayer(node.op)) continue;
    const int32_t group = part.scheme.group_of[static_cast<size_t>(node.inputs[0])];
    GOLDCREST_TRY(plan.layers[i], TrainedLayer(graph, node, weights, options.dtype,
                                               scales[static_cast<size_t>(group)], notes));
  }
  return MakeIntegerGraph(graph, plan, options.ends);
}

}  // namespace goldcrest::quantize
