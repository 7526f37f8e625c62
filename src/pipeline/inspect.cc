#include "pipeline/inspect.h"

#include <map>

#include "api/constants.h"
#include "backends/cpu/cpu_backend.h"
#include "graph/cost.h"
#include "graph/infer.h"
#include "graph/resize_inputs.h"
#include "pipeline/model_file.h"
#include "pipeline/odd_ranges.h"
#include "runtime/executor.h"

namespace goldcrest::pipeline {
namespace {

using Plan = InspectReport::Plan;

// What keeps all steps apart; empty where nothing does.
std::string WhyNoBands(const InspectOptions& options, const Plan& plan) {
  if (options.threads > 1) {
    return base::Cat("the chunks of one operator after the other are claimed by ", options.threads,
                     " threads");
  }
  if (options.tuning && !options.tuning->bands) return "the tuning found it faster without";
  if (plan.bands.empty()) {
    return base::Cat("no operator makes ", base::Bytes(runtime::kLargeBytes), " or more");
  }
  return "";
}

Result<Plan> MakePlan(graph::Graph bound, const InspectOptions& options) {
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  std::map<graph::ValueId, size_t> node_of;  // by output
  for (size_t i = 0; i < bound.nodes.size(); ++i) node_of[bound.nodes[i].output] = i;
  api::PrepareToRun(bound);
  base::ThreadPool pool(options.threads);
  const auto make = [&](const runtime::Tuning* tuning) {
    return runtime::Executor::Create(bound, backends::cpu::CpuBackend(isa),
                                     {.pool = &pool, .tuning = tuning});
  };
  GOLDCREST_TRY(const auto executor, make(options.tuning.get()));
  Plan plan{executor.arena_bytes(), std::vector<std::string>(node_of.size(), "computed once"),
            std::vector<std::vector<runtime::Refusal>>(node_of.size())};
  for (size_t i = 0; i < executor.step_count(); ++i) {
    runtime::Executor::StepInfo step = executor.step(i);
    for (int32_t node : step.group.nodes) {
      const graph::ValueId output = executor.graph().nodes[static_cast<size_t>(node)].output;
      plan.kernels[node_of.at(output)] = step.kernel;
      plan.refused[node_of.at(output)] = step.refused;
    }
    plan.step_nodes.push_back(node_of.at(step.group.outputs[0]));
  }
  if (!options.explain) return plan;
  plan.bands = ExplainBands(executor.BandSteps(), executor.bands());
  plan.no_bands_because = WhyNoBands(options, plan);
  if (!plan.no_bands_because.empty()) plan.bands.clear();
  runtime::Tuning whole;
  if (options.tuning) whole = *options.tuning;
  whole.bands = false;
  GOLDCREST_TRY(const auto without, make(&whole));
  plan.whole_arena_bytes = without.arena_bytes();
  return plan;
}

}  // namespace

Result<InspectReport> Inspect(const InspectOptions& options) {
  InspectReport report;
  const std::string& path = options.model;
  GOLDCREST_TRY(StoredModel stored, DescribeStored(path));
  report.file_bytes = stored.bytes;
  report.format = std::move(stored.format);
  GOLDCREST_TRY(report.graph, ReadModel(path, options.import, options.input_shapes));
  if (!options.input_shapes.empty()) {
    GOLDCREST_RETURN_IF_ERROR(graph::ResizeInputs(report.graph, options.input_shapes));
  }
  report.parameters = graph::ParameterCount(report.graph);
  report.warnings = FindOddRanges(report.graph);

  graph::Graph bound = report.graph;
  Status shapes = graph::BindDefaultShapes(bound);
  for (const graph::Node& node : bound.nodes) {
    report.node_multiply_adds.push_back(graph::MultiplyAdds(bound, node));
    report.multiply_adds += report.node_multiply_adds.back();
  }
  Result<Plan> plan = std::unexpected(Error{});
  if (shapes) plan = MakePlan(std::move(bound), options);
  if (plan) {
    report.plan = std::move(*plan);
  } else {
    report.cannot_run = (shapes ? plan.error() : shapes.error()).ToString();
  }
  return report;
}

}  // namespace goldcrest::pipeline
