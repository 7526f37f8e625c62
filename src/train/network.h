// A model in training: forward, backward, and the gradients of what is learned.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/aligned_buffer.h"
#include "graph/graph.h"
#include "tensor/precision.h"
#include "train/layer.h"
#include "train/parameters.h"

namespace goldcrest::train {

struct NetworkOptions {
  int64_t batch = 32;            // pictures of a step at most
  std::vector<bool> learned;     // by value of the graph: the constants that are learned
  bool batch_statistics = true;  // of batch normalizations that learn; the others have the stored
  bool input_gradient = false;
  tensor::Precision precision = tensor::Precision::kFloat32;  // of steps; else float32
  bool timed = false;                                         // clocks() tell how long layers take
  uint64_t seed = 0;
};

// The least that a layer took in any step.
struct LayerClock {
  std::string name;
  std::string_view op;
  int64_t forward_ns = 0, backward_ns = 0;
};

class Network {
 public:
  // `graph` is in TrainingForm, its batch of any size. The pool outlives the network.
  static Result<Network> Create(graph::Graph graph, const NetworkOptions& options,
                                base::ThreadPool& pool, base::Isa isa);

  // Room for a batch, NHWC.
  std::span<float> input();
  // [batch, classes], or whatever the graph's output is.
  std::span<const float> output() const;
  // To be written before Backward: by how much the loss grows with each output.
  std::span<float> output_gradient();
  std::span<const float> input_gradient() const;

  // The first `batch` pictures of the input. `step` counts the steps of training.
  void Forward(int64_t batch, bool training, uint64_t step) noexcept;
  // After a Forward: the gradients of all parameters that are learned.
  void Backward() noexcept;

  Parameters& parameters() { return parameters_; }
  const graph::Graph& graph() const { return *graph_; }
  int64_t batch() const { return options_.batch; }
  int64_t input_elements() const;  // of a picture
  int64_t output_elements() const;
  size_t arena_bytes() const { return arena_.size(); }
  // By layer; empty unless the network is timed.
  std::span<const LayerClock> clocks() const { return clocks_; }

 private:
  // What a layer has written joins what others have.
  struct Addition {
    const float* from;
    float* to;
    int64_t per_picture, fixed;  // elements
  };
  // A layer and where its operands are.
  struct Planned {
    std::unique_ptr<Layer> layer;
    std::vector<graph::ValueId> inputs;
    graph::ValueId output = -1;
    bool backward = false;  // something before it learns, or it does
    std::vector<const float*> input_at;
    float* output_at = nullptr;
    std::vector<float*> gradient_at;  // of the inputs; null: not wanted
    // Of inputs whose gradient another reader has written already.
    std::vector<Addition> additions;
    const float* output_gradient_at = nullptr;
  };

  Network() = default;
  Status MakeLayers(base::Isa isa);
  struct Slots;
  // Makes the arena, and tells the layers where in it their operands are.
  Status PlaceValues();
  void LetValuesLive(Slots& slots) const;
  void LetGradientsLive(Slots& slots) const;
  void PointLayersAt(const Slots& slots);
  // Gradients that wait are written apart, and added behind.
  void AddWhatWaits(const Slots& slots);
  bool Learns(graph::ValueId id) const { return learns_[static_cast<size_t>(id)]; }

  std::unique_ptr<graph::Graph> graph_;  // on the heap: layers hold on to it
  NetworkOptions options_;
  base::ThreadPool* pool_ = nullptr;
  Parameters parameters_;
  std::vector<Planned> layers_;
  std::vector<LayerClock> clocks_;
  std::vector<bool> learns_;  // by value: a gradient of it is wanted
  base::AlignedBuffer arena_;
  float* input_at_ = nullptr;
  float* output_at_ = nullptr;
  float* output_gradient_at_ = nullptr;
  float* input_gradient_at_ = nullptr;
  int64_t current_ = 0;  // pictures of the last Forward
  bool training_ = false;
  uint64_t step_ = 0;
};

}  // namespace goldcrest::train
