#include "passes/passes.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/check.h"
#include "graph/verify.h"

namespace goldcrest::passes {
namespace {

template <int (*kPass)(graph::Graph& graph)>
int Run(graph::Graph& graph, const Options&, WorkLimit&) {
  return kPass(graph);
}

template <int (*kPass)(graph::Graph& graph, WorkLimit& limit)>
int Run(graph::Graph& graph, const Options&, WorkLimit& limit) {
  return kPass(graph, limit);
}

int RunFoldConstants(graph::Graph& graph, const Options& options, WorkLimit& limit) {
  return FoldConstants(graph, options.evaluate, limit);
}

constexpr std::array kPasses = {
    Pass{"remove_dead_code", "unused operators and values, removed", Run<RemoveDeadCode>},
    Pass{"remove_training", "layers that only training needs, removed", Run<RemoveTraining>},
    Pass{"remove_identity", "operators that change nothing, removed", Run<RemoveIdentity>},
    Pass{"fold_constants", "operators on constants, computed once", RunFoldConstants},
    Pass{"fuse_hard_swish", "x · relu6(x + 3) / 6, made one operator", Run<FuseHardSwish>},
    Pass{"fold_batch_norm", "batch normalizations, folded into the layer before or after",
         Run<FoldBatchNorm>},
    Pass{"fold_scale", "multiplications and additions of constants, folded likewise",
         Run<FoldScale>},
    Pass{"fuse_padding", "paddings, fused into the convolution after", Run<FusePadding>},
    Pass{"fuse_activation", "activations, fused into the layer before", Run<FuseActivation>},
};

// One pass makes work for another; two or three rounds are usual.
constexpr int kMostRounds = 10;

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
    reports.push_back({.name = pass.name, .description = pass.description});
    reports.back().disabled =
        std::ranges::find(options.disabled, pass.name) != options.disabled.end();
  }
  WorkLimit limit(graph);
  bool changed = true;
  for (int round = 0; changed && round < kMostRounds; ++round) {
    changed = false;
    for (size_t i = 0; i < kPasses.size(); ++i) {
      if (reports[i].disabled) continue;
      auto start = std::chrono::steady_clock::now();
      const int changes = kPasses[i].run(graph, options, limit);
      std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
      reports[i].changes += changes;
      reports[i].milliseconds += time.count();
      changed |= changes > 0;
      if (options.verify) GOLDCREST_CHECK(graph::Verify(graph).has_value());
    }
  }
  return reports;
}

}  // namespace goldcrest::passes
