#include "formats/keras/layer_order.h"

#include <algorithm>
#include <map>
#include <optional>

namespace goldcrest::formats::keras {
namespace {

// The walk of Keras' _build_map: every call once, after those that it reads.
class Walk {
 public:
  explicit Walk(const WrittenModel& model) : model_(model), seen_(model.layers.size()) {
    for (const WrittenLayer& layer : model.layers) {
      visited_.emplace_back(layer.calls.size(), false);
    }
    for (const CallOutput& output : model.outputs) From(output);
  }

  // Calls, each after those that it reads.
  const std::vector<CallOutput>& calls() const { return calls_; }
  // When the layer was met first; -1 where it never was.
  int64_t seen(size_t layer) const { return seen_[layer].value_or(-1); }

 private:
  struct Step {
    CallOutput call;
    size_t next = 0;  // input
  };

  void From(const CallOutput& output) {
    std::vector<Step> path;
    Enter(output, path);
    while (!path.empty()) {
      Step& step = path.back();
      const auto& inputs = model_.layers[step.call.layer].calls[step.call.call].inputs;
      if (step.next < inputs.size()) {
        Enter(inputs[step.next++], path);
        continue;
      }
      calls_.push_back(step.call);
      path.pop_back();
    }
  }

  void Enter(const CallOutput& call, std::vector<Step>& path) {
    if (visited_[call.layer][call.call]) return;
    visited_[call.layer][call.call] = true;
    if (!seen_[call.layer]) seen_[call.layer] = count_++;
    path.push_back({call});
  }

  const WrittenModel& model_;
  std::vector<std::optional<int64_t>> seen_;
  std::vector<std::vector<bool>> visited_;
  std::vector<CallOutput> calls_;
  int64_t count_ = 0;
};

// Of each layer, how far it is from the outputs; nothing where no output needs it.
std::vector<std::optional<int64_t>> Depths(const WrittenModel& model, const Walk& walk) {
  std::vector<std::optional<int64_t>> layers(model.layers.size());
  std::vector<std::vector<int64_t>> calls;
  calls.reserve(model.layers.size());
  for (const WrittenLayer& layer : model.layers) calls.emplace_back(layer.calls.size(), 0);
  for (auto call = walk.calls().rbegin(); call != walk.calls().rend(); ++call) {
    int64_t& depth = calls[call->layer][call->call];
    depth = std::max(depth, layers[call->layer].value_or(0));
    layers[call->layer] = depth;
    for (const CallOutput& input : model.layers[call->layer].calls[call->call].inputs) {
      int64_t& before = calls[input.layer][input.call];
      before = std::max(before, depth + 1);
    }
  }
  return layers;
}

}  // namespace

void OrderLayers(WrittenModel& model) {
  const Walk walk(model);
  std::vector<std::optional<int64_t>> depths = Depths(model, walk);
  for (const CallOutput& input : model.inputs) {
    if (!depths[input.layer]) depths[input.layer] = 0;
  }
  std::vector<size_t> order;
  for (size_t i = 0; i < depths.size(); ++i) {
    if (depths[i]) order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](size_t a, size_t b) {
    return std::pair(-*depths[a], walk.seen(a)) < std::pair(-*depths[b], walk.seen(b));
  });
  std::vector<size_t> places(model.layers.size());
  std::vector<WrittenLayer> layers;
  for (size_t i = 0; i < order.size(); ++i) {
    places[order[i]] = i;
    layers.push_back(std::move(model.layers[order[i]]));
  }
  model.layers = std::move(layers);
  auto move = [&](CallOutput& output) { output.layer = places[output.layer]; };
  for (WrittenLayer& layer : model.layers) {
    for (WrittenCall& call : layer.calls) std::ranges::for_each(call.inputs, move);
  }
  std::ranges::for_each(model.inputs, move);
  std::ranges::for_each(model.outputs, move);
}

}  // namespace goldcrest::formats::keras
