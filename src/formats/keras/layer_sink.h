// Where the layers of a file to be written go, node by node.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/keras/layer_names.h"
#include "formats/keras/written_model.h"

namespace goldcrest::formats::keras {

// Gathers layers, and knows which of them makes a value of the graph.
class LayerSink {
 public:
  LayerSink(const graph::Graph& graph, Spelling spelling);

  Spelling spelling() const { return spelling_; }

  // Appends a layer that is called once, with a name like `name`.
  CallOutput Append(std::string_view name, WrittenLayer layer, WrittenCall call);
  // The same of a layer with weights. One that was appended under the same key is called again
  // instead, so that calls which share their weights in the graph do so in the file.
  CallOutput AppendOrCall(const std::string& key, std::string_view name, WrittenLayer layer,
                          WrittenCall call);

  void Put(graph::ValueId value, CallOutput made) { made_[value] = made; }
  // Where a value is made; nothing for constants.
  std::optional<CallOutput> Find(graph::ValueId value) const;

  // The node that a layer's last step is, by the reader's naming: the only one that reads the value
  // `name` + `suffix` of this node, and makes the value `name`.
  const graph::Node* NextStep(const graph::Node& node, std::string_view suffix) const;
  // The node has become part of a layer.
  void Absorb(const graph::Node& node) { absorbed_[IndexOf(node)] = true; }
  bool IsAbsorbed(const graph::Node& node) const { return absorbed_[IndexOf(node)]; }

  // The model, its layers in Keras' order.
  Result<WrittenModel> Take() &&;

 private:
  size_t IndexOf(const graph::Node& node) const {
    return static_cast<size_t>(&node - graph_.nodes.data());
  }

  const graph::Graph& graph_;
  Spelling spelling_;
  LayerNames names_;
  WrittenModel model_;
  std::map<graph::ValueId, CallOutput> made_;
  std::map<std::string, size_t> shared_;  // layers with weights, by key
  std::vector<int32_t> uses_;             // by value
  std::vector<const graph::Node*> readers_;
  std::vector<bool> absorbed_;  // by node
};

}  // namespace goldcrest::formats::keras
