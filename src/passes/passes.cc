#include "passes/passes.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/check.h"
#include "graph/verify.h"

namespace goldcrest::passes {
namespace {

constexpr std::array kPasses = {
    Pass{"remove_training", "layers that only training needs, removed", RemoveTraining},
    Pass{"remove_identity", "operators that change nothing, removed", RemoveIdentity},
    Pass{"fold_batch_norm", "batch normalizations folded into the layer before", FoldBatchNorm},
    Pass{"fuse_padding", "paddings fused into the convolution after", FusePadding},
    Pass{"fuse_activation", "activations fused into the layer before", FuseActivation},
    Pass{"remove_dead_code", "unused operators and values, removed", RemoveDeadCode},
};

Status CheckNames(const std::vector<std::string>& disabled) {
  for (const std::string& name : disabled) {
    if (std::ranges::find(kPasses, name, &Pass::name) != kPasses.end()) continue;
    std::string names;
    for (const Pass& pass : kPasses) names += base::Cat(names.empty() ? "" : ", ", pass.name);
    return Fail(ErrorCode::kUsage, "there is no pass '", name, "'; the passes are ", names);
  }
  return {};
}

}  // namespace

std::span<const Pass> Passes() { return kPasses; }

Result<std::vector<Report>> Run(graph::Graph& graph, const Options& options) {
  GOLDCREST_RETURN_IF_ERROR(CheckNames(options.disabled));
  std::vector<Report> reports;
  for (const Pass& pass : kPasses) {
    Report report{.name = pass.name, .description = pass.description};
    report.disabled = std::ranges::find(options.disabled, pass.name) != options.disabled.end();
    if (!report.disabled) {
      auto start = std::chrono::steady_clock::now();
      report.changes = pass.run(graph);
      std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
      report.milliseconds = time.count();
      if (options.verify) GOLDCREST_CHECK(graph::Verify(graph).has_value());
    }
    reports.push_back(report);
  }
  return reports;
}

}  // namespace goldcrest::passes
