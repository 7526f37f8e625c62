#include "pipeline/check_model.h"

#include <algorithm>

#include "api/constants.h"
#include "base/check.h"
#include "base/strings.h"
#include "passes/passes.h"

namespace goldcrest::pipeline {
namespace {

CheckedOperator CheckNode(const graph::Graph& graph, const graph::Node& node,
                          const EngineRules& rules) {
  CheckedOperator checked{.name = graph.NameOf(node),
                          .op = graph::NameOf(node.op),
                          .arithmetic = ArithmeticOf(graph, node),
                          .finding = {.verdict = Verdict::kTaken},
                          .source = rules.operators_source};
  const auto rule = std::ranges::find(rules.operators, checked.op, &OperatorRule::op);
  GOLDCREST_CHECK(rule != rules.operators.end());
  if ((rule->taken | rule->falls_back) == 0) {
    checked.finding =
        Finding{Verdict::kRefused, base::Cat(rules.name, " has no such operator"), ""};
  } else if (checked.arithmetic & rule->taken) {
    if (rule->limit != nullptr) {
      checked.finding = rule->limit(graph, node).value_or(std::move(checked.finding));
    }
  } else if (checked.arithmetic & rule->falls_back) {
    const std::string reason = rule->taken == 0
                                   ? std::string(rules.fallback)
                                   : base::Cat(rules.fallback, ", but for ", Describe(rule->taken));
    checked.finding = Finding{Verdict::kFallsBack, reason, rules.remedy(checked.arithmetic)};
    checked.source = rules.types_source;
  } else {
    checked.finding = Finding{Verdict::kRefused,
                              base::Cat("is there for ", Describe(rule->taken | rule->falls_back)),
                              rules.remedy(checked.arithmetic)};
    checked.source = rules.types_source;
  }
  return checked;
}

// Of an engine that runs the model's beginning only: what comes after the first operator that it
// does not take.
void EndAtFirst(const EngineRules& rules, std::vector<CheckedOperator>& operators) {
  const auto first = std::ranges::find_if(operators, [](const CheckedOperator& each) {
    return each.finding.verdict != Verdict::kTaken;
  });
  if (first == operators.end()) return;
  for (auto after = first + 1; after != operators.end(); ++after) {
    if (after->finding.verdict != Verdict::kTaken) continue;
    after->finding = Finding{
        Verdict::kFallsBack,
        base::Cat(rules.fallback, ", for it comes after '", FirstName(first->name), "'"), ""};
  }
}

}  // namespace

size_t CheckReport::Count(Verdict verdict) const {
  return static_cast<size_t>(std::ranges::count_if(
      operators, [&](const CheckedOperator& each) { return each.finding.verdict == verdict; }));
}

std::string_view FirstName(std::string_view name) { return name.substr(0, name.find(';')); }

CheckReport CheckGraph(const graph::Graph& graph, Engine engine) {
  const EngineRules& rules = RulesOf(engine);
  CheckReport report;
  for (const graph::Node& node : graph.nodes) {
    report.operators.push_back(CheckNode(graph, node, rules));
  }
  if (rules.one_part) EndAtFirst(rules, report.operators);
  if (rules.model != nullptr) report.model = rules.model(graph);
  report.model_source = rules.types_source;
  return report;
}

Result<CheckReport> CheckModel(const CheckOptions& options) {
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.model, options.import));
  GOLDCREST_TRY(const StoredModel stored, DescribeStored(options.model));
  const bool reads_tflite = options.engine == Engine::kTflite ||
                            options.engine == Engine::kTfliteMicro ||
                            options.engine == Engine::kEdgeTpu;
  const bool as_it_is = reads_tflite && stored.format == "TensorFlow Lite";
  if (!as_it_is) {
    auto passes = passes::Run(graph, {.evaluate = api::ConstantEvaluator()});
    if (!passes) return std::unexpected(std::move(passes.error()));
  }
  CheckReport report = CheckGraph(graph, options.engine);
  report.converted = !as_it_is;
  report.notes = graph.metadata.notes;
  return report;
}

}  // namespace goldcrest::pipeline
