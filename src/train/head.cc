#include "train/head.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/random.h"
#include "base/strings.h"
#include "graph/infer.h"
#include "passes/passes.h"

namespace goldcrest::train {
namespace {

using graph::ValueId;

bool HandsOn(const graph::Op& op) {
  return std::holds_alternative<graph::Softmax>(op) || std::holds_alternative<graph::Reshape>(op) ||
         std::holds_alternative<graph::Dropout>(op) ||
         std::holds_alternative<graph::TrainingOnly>(op) ||
         std::holds_alternative<graph::Activate>(op) || std::holds_alternative<graph::Logistic>(op);
}

// One pixel, or a vector.
bool IsVector(const graph::Value& value) {
  return value.shape.size() == 2 ||
         (value.shape.size() == 4 && value.shape[1] == 1 && value.shape[2] == 1);
}

// What the model's last layer reads where it makes scores, else the output.
ValueId FindFeatures(const graph::Graph& graph) {
  const std::vector<int32_t> producers = graph::Producers(graph);
  auto producer = [&](ValueId id) -> const graph::Node* {
    const int32_t at = producers[static_cast<size_t>(id)];
    return at < 0 ? nullptr : &graph.nodes[static_cast<size_t>(at)];
  };
  ValueId id = graph.outputs[0];
  const graph::Node* node = producer(id);
  while (node != nullptr && HandsOn(node->op)) {
    id = node->inputs[0];
    node = producer(id);
  }
  const bool layer = node != nullptr && (std::holds_alternative<graph::FullyConnected>(node->op) ||
                                         std::holds_alternative<graph::Conv2D>(node->op));
  if (!layer || !IsVector(graph.value(id))) return graph.outputs[0];
  id = node->inputs[0];
  for (node = producer(id); node != nullptr; node = producer(id)) {
    const bool idle = std::holds_alternative<graph::Dropout>(node->op) ||
                      std::holds_alternative<graph::TrainingOnly>(node->op);
    if (!idle) break;
    id = node->inputs[0];
  }
  return id;
}

// Adds layers behind a value, under names that the model does not have.
class HeadBuilder {
 public:
  HeadBuilder(ModelWithHead& model, uint64_t seed) : model_(model), seed_(seed) {
    for (const graph::Value& value : model.graph.values) names_.insert(value.name);
  }

  ValueId Dense(ValueId from, int64_t inputs, int64_t units, graph::Activation activation,
                const std::string& wanted) {
    const std::string name = Unused(wanted);
    graph::Graph& graph = model_.graph;
    const double limit = std::sqrt(6.0 / static_cast<double>(inputs + units));
    std::vector<float> weights(static_cast<size_t>(inputs * units));
    const uint64_t stream = base::Mixed(seed_, model_.learned.size());
    for (size_t i = 0; i < weights.size(); ++i) {
      weights[i] = static_cast<float>((2 * base::UnitOf(base::Mixed(stream, i)) - 1) * limit);
    }
    const std::vector<float> bias(static_cast<size_t>(units), 0);
    const ValueId w = graph.AddConstant(name + "/kernel", {units, inputs}, weights);
    const ValueId b = graph.AddConstant(name + "/bias", {units}, bias);
    model_.learned.insert(model_.learned.end(), {w, b});
    return graph.AddNode(graph::FullyConnected{.activation = activation}, {from, w, b}, name);
  }

  ValueId Add(graph::Op op, ValueId from, const std::string& wanted) {
    return model_.graph.AddNode(std::move(op), {from}, Unused(wanted));
  }

 private:
  std::string Unused(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 1; !names_.insert(name).second; ++i) name = base::Cat(wanted, "_", i);
    return name;
  }

  ModelWithHead& model_;
  uint64_t seed_;
  std::set<std::string> names_;
};

Result<HeadLayer> ParseLayer(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const std::string number = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (kind == "dense") {
    constexpr int64_t kMostUnits = 1 << 16;
    int64_t units = 0;
    if (base::ParseInt(number, units) && units > 0 && units <= kMostUnits) {
      return HeadLayer{.units = units};
    }
  } else if (kind == "dropout") {
    double rate = 0;
    if (base::ParseFloat(number, rate) && rate >= 0 && rate < 1) {
      return HeadLayer{.kind = HeadLayer::Kind::kDropout, .rate = rate};
    }
  }
  return Fail(ErrorCode::kUsage, "--head has '", text,
              "'; its layers are dense:UNITS and dropout:RATE, such as dense:128,dropout:0.2");
}

}  // namespace

Result<std::vector<HeadLayer>> ParseHead(const std::string& text) {
  std::vector<HeadLayer> layers;
  if (text.empty()) return layers;
  for (size_t first = 0; first <= text.size();) {
    const size_t end = std::min(text.find(',', first), text.size());
    GOLDCREST_TRY(const HeadLayer layer, ParseLayer(text.substr(first, end - first)));
    layers.push_back(layer);
    first = end + 1;
  }
  return layers;
}

Result<ModelWithHead> ReplaceHead(graph::Graph graph, int64_t classes,
                                  const std::vector<HeadLayer>& layers, uint64_t seed) {
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    return Fail(ErrorCode::kUnsupported, "the model has ", graph.inputs.size(), " inputs and ",
                graph.outputs.size(), " outputs; models with one of each can be trained");
  }
  ModelWithHead model{.graph = std::move(graph)};
  graph::Graph& g = model.graph;
  ValueId id = FindFeatures(g);
  g.outputs = {id};
  g.output_names.clear();
  passes::RemoveDeadCode(g);
  id = g.outputs[0];
  HeadBuilder head(model, seed);
  const tensor::Shape shape = g.value(id).shape;
  if (shape.size() == 4 && (shape[1] != 1 || shape[2] != 1)) {
    id = head.Add(graph::Mean{.axes = {1, 2}}, id, "global_average_pooling2d");
  } else if (shape.size() == 4) {
    id = head.Add(graph::Reshape{.shape = {-1, shape[3]}}, id, "flatten");
  } else if (shape.size() != 2) {
    return Fail(ErrorCode::kUnsupported, "the model's features '", g.value(id).name, "' are ",
                tensor::ToString(shape), "; a head reads a vector or a feature map");
  }
  model.features = id;
  int64_t width = shape.back();
  for (const HeadLayer& layer : layers) {
    if (layer.kind == HeadLayer::Kind::kDropout) {
      id = head.Add(graph::Dropout{layer.rate}, id, "dropout");
    } else {
      id = head.Dense(id, width, layer.units, graph::Activation::kRelu, "dense");
      width = layer.units;
    }
  }
  id = head.Dense(id, width, classes, graph::Activation::kNone, "logits");
  g.outputs = {head.Add(graph::Softmax{}, id, "predictions")};
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(g));
  return model;
}

Result<graph::Graph> HeadAlone(const ModelWithHead& model) {
  graph::Graph head = model.graph;
  head.inputs = {model.features};
  head.input_names.clear();
  const auto made = std::ranges::find(head.nodes, model.features, &graph::Node::output);
  head.nodes.erase(head.nodes.begin(), made == head.nodes.end() ? made : made + 1);
  head.metadata = {};
  return head;
}

graph::Graph BaseAlone(const ModelWithHead& model) {
  graph::Graph base = model.graph;
  base.outputs = {model.features};
  base.output_names.clear();
  passes::RemoveDeadCode(base);
  return base;
}

}  // namespace goldcrest::train
