// The CPU backend: lowers each node to a kernel of src/kernels.
#pragma once

#include "base/cpu_features.h"
#include "runtime/backend.h"

namespace goldcrest::backends::cpu {

class CpuBackend : public runtime::Backend {
 public:
  // Kernels for `isa` and below; kScalar takes the reference kernels.
  explicit CpuBackend(base::Isa isa) : isa_(isa) {}

  std::string_view name() const override { return "cpu"; }
  std::vector<runtime::Group> Propose(const graph::Graph& graph,
                                      const runtime::Options& options) const override;
  Result<runtime::Step> Lower(const graph::Graph& graph, const runtime::Group& group,
                              const runtime::Options& options) const override;

 private:
  base::Isa isa_;
};

}  // namespace goldcrest::backends::cpu
