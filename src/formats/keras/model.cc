#include "formats/keras/model.h"

#include <algorithm>
#include <deque>
#include <map>

#include "formats/keras/config.h"
#include "formats/keras/layers.h"
#include "graph/infer.h"
#include "graph/verify.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using nlohmann::json;

constexpr size_t kMostLayers = 20000;

template <class... Parts>
std::unexpected<Error> Invalid(const Parts&... parts) {
  return Fail(ErrorCode::kInvalid, parts...);
}

// A layer as the description has it.
struct Description {
  std::string name;
  std::string class_name;
  const json* config;
  std::vector<std::string> inputs;  // names of layers
};

// A layer called with training=True computes another thing than at inference; we would get it
// wrong.
Status ExpectInferenceCall(const json& arguments) {
  const json* training = Find(arguments, "training");
  bool is_training = training != nullptr && training->is_boolean() && training->get<bool>();
  if (!is_training) return {};
  return Fail(ErrorCode::kUnsupported, "is called with training=True; call it for inference");
}

// Collects the layers that the tensors in `node` come from, in order, in either spelling: Keras 3's
// {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, 0, 0]}} or Keras 2's
// [layer, 0, 0, {}], in lists of any depth.
Status CollectInputs(const json& node, int depth, std::vector<std::string>& inputs) {
  if (depth > 8) return Invalid("its inbound_nodes are nested too deeply");
  auto history = [&](const json& said) -> Status {
    bool plain = said.size() >= 3 && said[1].is_number_integer() && said[2].is_number_integer();
    if (!plain) return Invalid("its inbound_nodes are malformed");
    if (said[1].get<int64_t>() != 0 || said[2].get<int64_t>() != 0) {
      return Fail(ErrorCode::kUnsupported, "reads the shared layer ", said[0].get<std::string>(),
                  "; layers that are called more than once are not supported");
    }
    // Keras 2 keeps the call's other arguments in a fourth place.
    if (said.size() > 3) GOLDCREST_RETURN_IF_ERROR(ExpectInferenceCall(said[3]));
    inputs.push_back(said[0].get<std::string>());
    return {};
  };
  if (node.is_array() && !node.empty() && node[0].is_string()) return history(node);
  if (const json* config = Find(node, "config")) {
    const json* said = Find(*config, "keras_history");
    if (said != nullptr && said->is_array() && !said->empty() && (*said)[0].is_string()) {
      return history(*said);
    }
  }
  if (!node.is_array()) return {};  // a plain number, text or object
  for (const json& part : node) GOLDCREST_RETURN_IF_ERROR(CollectInputs(part, depth + 1, inputs));
  return {};
}

Status CollectInboundNodes(const json& layer, std::vector<std::string>& inputs) {
  const json* nodes = Find(layer, "inbound_nodes");
  if (nodes == nullptr || !nodes->is_array() || nodes->empty()) return {};
  if (nodes->size() > 1) {
    return Fail(ErrorCode::kUnsupported, "is called ", nodes->size(),
                " times; layers that are called more than once are not supported");
  }
  const json& node = (*nodes)[0];
  const json* args = Find(node, "args");
  GOLDCREST_RETURN_IF_ERROR(CollectInputs(args != nullptr ? *args : node, 0, inputs));
  const json* kwargs = Find(node, "kwargs");
  if (kwargs == nullptr) return {};
  GOLDCREST_RETURN_IF_ERROR(ExpectInferenceCall(*kwargs));
  for (const auto& [name, argument] : kwargs->items()) {
    std::vector<std::string> more;
    GOLDCREST_RETURN_IF_ERROR(CollectInputs(argument, 0, more));
    if (!more.empty()) return Fail(ErrorCode::kUnsupported, "takes a tensor as '", name, "'");
  }
  return {};
}

class Builder {
 public:
  explicit Builder(const WeightSource& weights) : weights_(weights) {}

  Result<graph::Graph> Build(const json& model) {
    GOLDCREST_TRY(std::string class_name, Text(model, "class_name", std::nullopt));
    const json* config = Find(model, "config");
    bool sequential = class_name == "Sequential";
    if (!sequential && class_name != "Functional" && class_name != "Model") {
      return Fail(ErrorCode::kUnsupported, "the model is of class ", class_name,
                  "; Functional and Sequential are supported");
    }
    // Old Sequential models are the bare list of their layers.
    const json* layers = config != nullptr && config->is_array() ? config : nullptr;
    if (config != nullptr && layers == nullptr) layers = Find(*config, "layers");
    if (layers == nullptr || !layers->is_array() || layers->empty()) {
      return Invalid("the model's description lists no layers");
    }
    if (layers->size() > kMostLayers) {
      return Fail(ErrorCode::kLimit, "the model has ", layers->size(), " layers; the limit is ",
                  kMostLayers);
    }
    GOLDCREST_TRY(graph_.name, Text(*config, "name", "model"));
    GOLDCREST_RETURN_IF_ERROR(Describe(*layers, sequential));
    if (sequential) GOLDCREST_RETURN_IF_ERROR(AddMissingInput());
    GOLDCREST_RETURN_IF_ERROR(AddAll());
    GOLDCREST_RETURN_IF_ERROR(sequential ? TakeLastAsOutput() : ReadEnds(*config));
    GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(graph_));
    GOLDCREST_RETURN_IF_ERROR(graph::Verify(graph_));
    return std::move(graph_);
  }

 private:
  Status Describe(const json& layers, bool sequential) {
    for (const json& layer : layers) {
      Description description;
      const json* config = Find(layer, "config");
      GOLDCREST_TRY(description.class_name, Text(layer, "class_name", std::nullopt));
      if (config == nullptr) return Invalid("layer ", layers_.size(), " has no config");
      GOLDCREST_TRY(std::string inner_name, Text(*config, "name", ""));
      GOLDCREST_TRY(description.name, Text(layer, "name", inner_name));
      description.config = config;
      auto where = [&] { return Where(description, layers_.size()); };
      if (Find(*config, "layers") != nullptr) {
        return Fail(ErrorCode::kUnsupported, where(),
                    " › a model inside of a model is not supported");
      }
      if (sequential) {
        if (!layers_.empty()) description.inputs.push_back(layers_.back().name);
      } else {
        GOLDCREST_RETURN_IF_ERROR(Within(where(), CollectInboundNodes(layer, description.inputs)));
      }
      layers_.push_back(std::move(description));
    }
    return {};
  }

  static std::string Where(const Description& layer, size_t index) {
    return base::Cat("layer ", index, " '", layer.name, "' (", layer.class_name, ")");
  }

  // A Sequential model may state its input's shape in its first layer.
  Status AddMissingInput() {
    Description& first = layers_.front();
    if (first.class_name == "InputLayer") return {};
    GOLDCREST_TRY(ValueId input, Within(Where(first, 0), AddInput(first)));
    std::string name = base::Cat(first.name, "_input");
    graph_.value(input).name = name;
    outputs_[name] = input;
    first.inputs.push_back(name);
    return {};
  }

  Result<ValueId> AddInput(const Description& layer) {
    const char* key =
        Find(*layer.config, "batch_shape") != nullptr ? "batch_shape" : "batch_input_shape";
    graph::Value input{.name = layer.name, .shape = {}};
    GOLDCREST_TRY(input.shape, Integers(*layer.config, key));
    const json* dtype = Find(*layer.config, "dtype");
    if (dtype != nullptr && dtype->is_string() && dtype->get<std::string>() != "float32") {
      return Fail(ErrorCode::kUnsupported, "an input of type ", dtype->get<std::string>());
    }
    ValueId id = graph_.AddValue(std::move(input));
    graph_.inputs.push_back(id);
    return id;
  }

  // The order of the list need not be one in which the layers can run: a layer is added once all
  // that it reads have been.
  Status AddAll() {
    std::map<std::string, std::vector<size_t>> readers;
    std::vector<size_t> waiting(layers_.size(), 0);  // for how many layers
    std::deque<size_t> ready;
    for (size_t i = 0; i < layers_.size(); ++i) {
      for (const std::string& name : layers_[i].inputs) {
        if (outputs_.contains(name)) continue;
        readers[name].push_back(i);
        ++waiting[i];
      }
      if (waiting[i] == 0) ready.push_back(i);
    }
    size_t left = layers_.size();
    for (; !ready.empty(); --left) {
      size_t i = ready.front();
      ready.pop_front();
      const size_t first_node = graph_.nodes.size();
      auto added = AddOne(layers_[i]);
      if (added) added = graph::InferShapesFrom(graph_, first_node);
      GOLDCREST_RETURN_IF_ERROR(Within(Where(layers_[i], i), std::move(added)));
      for (size_t reader : readers[layers_[i].name]) {
        if (--waiting[reader] == 0) ready.push_back(reader);
      }
    }
    if (left == 0) return {};
    auto stuck = static_cast<size_t>(std::ranges::find_if(waiting, [](size_t n) { return n > 0; }) -
                                     waiting.begin());
    return Invalid(Where(layers_[stuck], stuck), " › reads a layer that does not exist, or itself");
  }

  Status AddOne(const Description& layer) {
    if (outputs_.contains(layer.name)) return Invalid("its name is taken by another layer");
    if (layer.class_name == "InputLayer") {
      GOLDCREST_TRY(outputs_[layer.name], AddInput(layer));
      return {};
    }
    Layer call{layer.name, layer.class_name, *layer.config, {}};
    for (const std::string& name : layer.inputs) call.inputs.push_back(outputs_.at(name));
    GOLDCREST_TRY(outputs_[layer.name], AddLayer(call, weights_, graph_));
    return {};
  }

  Status TakeLastAsOutput() {
    graph_.outputs.push_back(outputs_.at(layers_.back().name));
    return {};
  }

  Status ReadEnds(const json& config) {
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    const json* said_inputs = Find(config, "input_layers");
    const json* said_outputs = Find(config, "output_layers");
    if (said_inputs == nullptr || said_outputs == nullptr) {
      return Invalid("the model's description names no inputs or no outputs");
    }
    GOLDCREST_RETURN_IF_ERROR(CollectInputs(*said_inputs, 0, inputs));
    GOLDCREST_RETURN_IF_ERROR(CollectInputs(*said_outputs, 0, outputs));
    GOLDCREST_TRY(graph_.inputs, OutputsOf(inputs));
    GOLDCREST_TRY(graph_.outputs, OutputsOf(outputs));
    return {};
  }

  Result<std::vector<ValueId>> OutputsOf(const std::vector<std::string>& names) const {
    std::vector<ValueId> ids;
    for (const std::string& name : names) {
      auto found = outputs_.find(name);
      if (found == outputs_.end()) return Invalid("the model has no layer '", name, "'");
      ids.push_back(found->second);
    }
    return ids;
  }

  const WeightSource& weights_;
  graph::Graph graph_;
  std::vector<Description> layers_;
  std::map<std::string, ValueId> outputs_;  // of layers, by name
};

}  // namespace

Status TakeContract(std::string_view json, graph::Graph& graph) {
  GOLDCREST_TRY(graph.metadata.input_contract,
                Within(kContractName, tensor::InputContractFromJson(json)));
  graph.metadata.input_contract_from = base::Cat("the file (", kContractName, ")");
  return {};
}

Result<graph::Graph> BuildModel(std::string_view config, const WeightSource& weights) {
  json model = json::parse(config, nullptr, /*allow_exceptions=*/false);
  if (!model.is_object()) return Invalid("the model's description is no JSON object");
  return Builder(weights).Build(model);
}

}  // namespace goldcrest::formats::keras
