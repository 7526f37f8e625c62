#include "formats/keras/layer_sink.h"

#include "formats/keras/layer_order.h"

namespace goldcrest::formats::keras {
namespace {

std::vector<std::string> NamesOfValues(const graph::Graph& graph) {
  std::vector<std::string> names;
  names.reserve(graph.inputs.size() + graph.nodes.size());
  for (graph::ValueId input : graph.inputs) names.push_back(graph.value(input).name);
  for (const graph::Node& node : graph.nodes) names.push_back(graph.NameOf(node));
  return names;
}

}  // namespace

LayerSink::LayerSink(const graph::Graph& graph, Spelling spelling)
    : graph_(graph),
      spelling_(spelling),
      names_(NamesOfValues(graph)),
      uses_(graph::UseCounts(graph)),
      readers_(graph.values.size(), nullptr),
      absorbed_(graph.nodes.size(), false) {
  model_.name = ValidName(graph.name.empty() ? "model" : graph.name);
  for (const graph::Node& node : graph.nodes) {
    for (graph::ValueId input : node.inputs) readers_[static_cast<size_t>(input)] = &node;
  }
}

CallOutput LayerSink::Append(std::string_view name, WrittenLayer layer, WrittenCall call) {
  layer.name = names_.Take(name);
  layer.calls = {std::move(call)};
  model_.layers.push_back(std::move(layer));
  return {model_.layers.size() - 1, 0};
}

CallOutput LayerSink::AppendOrCall(const std::string& key, std::string_view name,
                                   WrittenLayer layer, WrittenCall call) {
  if (auto known = shared_.find(key); known != shared_.end()) {
    std::vector<WrittenCall>& calls = model_.layers[known->second].calls;
    calls.push_back(std::move(call));
    return {known->second, calls.size() - 1};
  }
  const CallOutput made = Append(name, std::move(layer), std::move(call));
  shared_[key] = made.layer;
  return made;
}

std::optional<CallOutput> LayerSink::Find(graph::ValueId value) const {
  auto found = made_.find(value);
  if (found == made_.end()) return std::nullopt;
  return found->second;
}

const graph::Node* LayerSink::NextStep(const graph::Node& node, std::string_view suffix) const {
  const auto at = static_cast<size_t>(node.output);
  std::string_view name = graph_.NameOf(node);
  if (uses_[at] != 1 || readers_[at] == nullptr || !name.ends_with(suffix)) return nullptr;
  name.remove_suffix(suffix.size());
  return graph_.NameOf(*readers_[at]) == name ? readers_[at] : nullptr;
}

Result<WrittenModel> LayerSink::Take() && {
  for (graph::ValueId input : graph_.inputs) model_.inputs.push_back(*Find(input));
  for (graph::ValueId output : graph_.outputs) {
    std::optional<CallOutput> made = Find(output);
    if (!made) {
      return Fail(ErrorCode::kUnsupported, "the output '", graph_.value(output).name,
                  "' is a constant, which is no layer");
    }
    model_.outputs.push_back(*made);
  }
  OrderLayers(model_);
  return std::move(model_);
}

}  // namespace goldcrest::formats::keras
