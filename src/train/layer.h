// An operator in training: forward, and the gradients of what it read.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <span>

#include "base/cpu_features.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "graph/graph.h"
#include "kernels/row.h"
#include "tensor/precision.h"

namespace goldcrest::train {

// What a layer works on in one step.
struct Operands {
  int64_t batch = 0;      // pictures, at most as many as the layer was made for
  bool training = false;  // dropout drops, batch normalization takes the batch's own statistics
  uint64_t step = 0;      // of the training: which elements are dropped depends on it
  std::span<const float* const> inputs;
  float* output = nullptr;
  std::span<float* const> input_gradients;  // null: not wanted; else written, not added to
  const float* output_gradient = nullptr;
};

class Layer {
 public:
  virtual ~Layer() = default;
  virtual void Forward(const Operands& operands) noexcept = 0;
  virtual void Backward(const Operands& operands) noexcept = 0;
  // What Backward reads beside the output's gradient and parameters.
  virtual bool needs_inputs() const { return true; }
  virtual bool needs_output() const { return false; }
};

// What a layer is made of. Shapes of the graph are known; the first dimension of every value is the
// batch. All is there as long as the layer.
struct LayerContext {
  const graph::Graph& graph;
  const graph::Node& node;
  graph::Activation activation;  // of a batch normalization: done with it
  base::ThreadPool& pool;
  base::Isa isa;
  tensor::Precision precision;  // in training
  uint64_t seed;                // of this layer
  bool batch_statistics;        // of a batch normalization: the batch's own in training
  std::function<float*(graph::ValueId)> storage;  // of a constant

  const graph::Value& in(size_t i) const { return graph.value(node.inputs[i]); }
  const graph::Value& out() const { return graph.value(node.output); }
  // Elements of a picture.
  static int64_t PerPicture(const graph::Value& value) {
    return tensor::ElementCount(value.shape).value_or(0) / value.shape[0];
  }
};

// An error where the operator cannot be trained through.
Result<std::unique_ptr<Layer>> MakeLayer(const LayerContext& context);

// Whether MakeLayer knows the operator.
bool IsTrainable(const graph::Op& op);

kernels::Clamp ClampOf(graph::Activation activation);

// body(first, last) of parts of [0, count) that do not depend on the number of threads; `work` is
// the cost of one, in elements.
template <class Body>
void InParts(base::ThreadPool& pool, int64_t count, int64_t work, const Body& body) {
  constexpr int64_t kLeastWork = int64_t{1} << 15;
  constexpr int64_t kMostParts = 64;
  const int64_t step = std::max(
      {int64_t{1}, kLeastWork / std::max<int64_t>(work, 1), (count + kMostParts - 1) / kMostParts});
  pool.ForEach((count + step - 1) / step, [&](int64_t part) noexcept {
    body(part * step, std::min((part + 1) * step, count));
  });
}

}  // namespace goldcrest::train
