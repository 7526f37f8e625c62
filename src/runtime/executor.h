// Plans a graph once and runs it many times.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "base/aligned_buffer.h"
#include "base/result.h"
#include "graph/graph.h"
#include "runtime/backend.h"
#include "runtime/band.h"
#include "runtime/options.h"
#include "tensor/tensor.h"

namespace goldcrest::runtime {

class Executor {
 public:
  // Every shape of `graph` must be known (graph::BindInputShapes). The backend is not kept.
  static Result<Executor> Create(graph::Graph graph, const Backend& backend,
                                 const Options& options);

  // Write the inputs, run, read the outputs; inputs keep what was written. Allocates nothing and
  // gives the same bytes each time, whatever the number of threads.
  void Run() noexcept;
  // The same, telling how many nanoseconds each step took; one element a step.
  void RunTimed(std::span<int64_t> step_nanoseconds) noexcept;

  // Where edges lie outside: from now on input or output i lies there, all of its bytes, which
  // outlive their use.
  void BindInput(size_t i, std::span<const std::byte> bytes) noexcept;
  void BindOutput(size_t i, std::span<std::byte> bytes) noexcept;

  tensor::MutableTensorView input(size_t i);
  tensor::TensorView output(size_t i) const;
  // Any value, where the options keep all; else nothing for those whose memory may be reused.
  std::optional<tensor::TensorView> value(graph::ValueId id) const;

  const graph::Graph& graph() const { return *graph_; }
  size_t arena_bytes() const { return arena_.size(); }

  struct StepInfo {
    const Group& group;
    const std::string& kernel;
    const std::vector<Refusal>& refused;
  };
  size_t step_count() const { return steps_.size(); }
  StepInfo step(size_t i) const {
    return {steps_[i].group, steps_[i].step.kernel, steps_[i].step.refused};
  }
  // How the steps are mixed, and what that was decided by.
  std::span<const Band> bands() const { return bands_; }
  std::vector<BandStep> BandSteps() const;

 private:
  struct Planned {
    Group group;
    Step step;
    std::vector<const std::byte*> inputs;
    std::vector<std::byte*> outputs;
    std::byte* scratch = nullptr;
    size_t chained = 0;  // the input that the step before makes, in a band
  };

  Executor() = default;
  Status PlaceValues(const Options& options);
  void Bind(graph::ValueId id, std::span<const std::byte> bytes) noexcept;
  void Connect();
  void MakeBands(const Options& options);
  void RunStep(const Planned& planned) noexcept;
  void RunItem(const BandItem& item) noexcept;
  template <class Done>
  void RunAll(const Done& done) noexcept;

  // On the heap: steps hold pointers into it, and an Executor may move.
  std::unique_ptr<graph::Graph> graph_;
  Options options_;
  std::vector<Planned> steps_;
  std::vector<Band> bands_;  // of all steps
  base::AlignedBuffer arena_;
  std::vector<const std::byte*> locations_;  // by value; null: in no memory
  std::vector<bool> readable_;               // by value: holds its elements after a run
};

}  // namespace goldcrest::runtime
