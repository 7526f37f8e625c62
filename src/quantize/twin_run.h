// A float model and its quantized twin, run side by side on samples, an operator at a time.
//
// The twin computes in float32, its weights and activations rounded to what the integers stand for.
// What an operator's weights become can thus be decided when all before it is known.
#pragma once

#include <optional>
#include <vector>

#include "quantize/calibrate.h"
#include "quantize/float_buffers.h"
#include "quantize/integer_graph.h"
#include "runtime/executor.h"

namespace goldcrest::quantize {

class TwinRun {
 public:
  // Elements of one value for one sample.
  struct Pair {
    std::span<float> real;
    std::span<float> twin;
  };

  // How many samples take part: evenly apart, and as soon as those in flight leave room.
  struct Limits {
    int64_t samples = 0;
    size_t bytes = 0;
  };
  // `graph` has known shapes; it, the parts of the plan and the environment outlive the run.
  static Result<TwinRun> Create(const graph::Graph& graph, const Plan& plan,
                                const Environment& environment, const Limits& limits);

  // Brings all samples that may run by now before node `index`; nodes are visited in order.
  Status Arrive(size_t index);
  size_t sample_count() const { return samples_.size(); }
  // What a value is for a sample in flight; of a layer that is being run in steps, before its
  // activation.
  const Pair& At(size_t sample, graph::ValueId id) const {
    return samples_[sample].values[static_cast<size_t>(id)];
  }

  // Layers with weights that have an integer form are run in steps: the float layer, the twin's
  // with the weights that it is given, and, when its bias has been settled, Pass.
  void RunReal(size_t index);
  Status RunTwin(size_t index, const std::vector<float>& weights, const std::vector<float>& bias);
  // Adds to the twin's results by channel when they are passed on, as another bias would.
  void ShiftTwin(size_t index, std::vector<float> shift) {
    runners_[index].shift = std::move(shift);
  }

  // On to the next node: activations and rounding, of what has not been run yet everything.
  void Pass(size_t index);

 private:
  struct Sample {
    int64_t index = 0;
    std::vector<Pair> values;
  };
  // A node's operator alone, once for each thread.
  using Runner = std::vector<runtime::Executor>;
  struct Runners {
    Runner real;
    Runner twin;               // empty: the same operator
    std::vector<float> shift;  // of the twin's results, by channel; empty: none
  };

  TwinRun() = default;
  size_t BytesFrom(size_t index) const;
  int64_t SamplesTaken() const;
  Result<Runner> MakeRunner(size_t index, const std::vector<float>* weights,
                            const std::vector<float>* bias) const;
  Status Prepare(size_t index);
  void RoundAtHome(graph::ValueId id, std::span<float> elements) const noexcept;
  void Execute(runtime::Executor& executor, size_t index, Sample& sample, FloatBuffers& buffers,
               bool twin) const noexcept;
  void Finish(size_t index, Sample& sample, FloatBuffers& buffers) const noexcept;
  void RunThrough(size_t index, Sample& sample, size_t lane) noexcept;
  template <class Body>
  void ForEachSample(size_t first, const Body& body);

  const graph::Graph* graph_ = nullptr;
  const Plan* plan_ = nullptr;
  std::vector<const IntegerPart*> homes_;  // by value
  Environment environment_;
  Limits limits_;
  std::vector<size_t> last_use_;       // by value: the last node that reads it
  std::vector<size_t> live_bytes_;     // by node: of one sample while it runs
  std::vector<Runners> runners_;       // by node; kept while samples may still come
  std::vector<FloatBuffers> buffers_;  // by thread; each sample is one thread's
  std::vector<Sample> samples_;
  int64_t joined_ = 0;
};

}  // namespace goldcrest::quantize
