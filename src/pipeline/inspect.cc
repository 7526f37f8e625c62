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

Result<InspectReport::Plan> MakePlan(graph::Graph bound) {
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  std::map<graph::ValueId, size_t> node_of;  // by output
  for (size_t i = 0; i < bound.nodes.size(); ++i) node_of[bound.nodes[i].output] = i;
  api::PrepareToRun(bound);
  GOLDCREST_TRY(auto executor,
                runtime::Executor::Create(std::move(bound), backends::cpu::CpuBackend(isa), {}));
  InspectReport::Plan plan{executor.arena_bytes(),
                           std::vector<std::string>(node_of.size(), "computed once"),
                           std::vector<std::vector<runtime::Refusal>>(node_of.size())};
  for (size_t i = 0; i < executor.step_count(); ++i) {
    runtime::Executor::StepInfo step = executor.step(i);
    for (int32_t node : step.group.nodes) {
      const graph::ValueId output = executor.graph().nodes[static_cast<size_t>(node)].output;
      plan.kernels[node_of.at(output)] = step.kernel;
      plan.refused[node_of.at(output)] = step.refused;
    }
  }
  return plan;
}

}  // namespace

Result<InspectReport> Inspect(const std::string& path,
                              std::span<const tensor::Shape> input_shapes) {
  InspectReport report;
  GOLDCREST_TRY(auto file, Within(base::Cat("reading ", path), base::MappedFile::Open(path)));
  report.file_bytes = file->bytes().size();
  report.format = FormatOf(file->bytes());
  GOLDCREST_TRY(report.graph, ReadModel(path));
  if (!input_shapes.empty()) {
    GOLDCREST_RETURN_IF_ERROR(graph::ResizeInputs(report.graph, input_shapes));
  }
  report.parameters = graph::ParameterCount(report.graph);
  report.warnings = FindOddRanges(report.graph);

  graph::Graph bound = report.graph;
  Status shapes = graph::BindDefaultShapes(bound);
  for (const graph::Node& node : bound.nodes) {
    report.node_multiply_adds.push_back(graph::MultiplyAdds(bound, node));
    report.multiply_adds += report.node_multiply_adds.back();
  }
  Result<InspectReport::Plan> plan = std::unexpected(Error{});
  if (shapes) plan = MakePlan(std::move(bound));
  if (plan) {
    report.plan = std::move(*plan);
  } else {
    report.cannot_run = (shapes ? plan.error() : shapes.error()).ToString();
  }
  return report;
}

}  // namespace goldcrest::pipeline
