#include "formats/keras/model.h"

#include <charconv>

#include "formats/keras/call_numbering.h"
#include "formats/keras/call_order.h"
#include "formats/keras/config.h"
#include "formats/keras/description.h"
#include "formats/keras/keras1.h"
#include "formats/keras/layers.h"
#include "graph/infer.h"
#include "graph/verify.h"

namespace goldcrest::formats::keras {
namespace {

using graph::ValueId;
using nlohmann::json;

constexpr size_t kMostLayers = 20000;  // in all models together, by call

// Builds one model, or one call of a model inside of another.
class Builder {
 public:
  // `inputs` are what an inner model is called on; the outer one makes its own.
  Builder(ModelContext& model, std::vector<std::string> path, std::string prefix, size_t& layers)
      : model_(model), path_(std::move(path)), prefix_(std::move(prefix)), layers_so_far_(layers) {}

  Result<std::vector<ValueId>> Build(bool sequential, const json& config,
                                     std::optional<std::vector<ValueId>> inputs) {
    given_ = std::move(inputs);
    GOLDCREST_TRY(const json* layers, LayersOf(config));
    if (layers->size() > kMostLayers) {
      return Fail(ErrorCode::kLimit, "the model has ", layers->size(), " layers; the limit is ",
                  kMostLayers);
    }
    GOLDCREST_TRY(layers_, Describe(*layers));
    if (sequential) {
      GOLDCREST_RETURN_IF_ERROR(CallOneAfterTheOther(config));
    } else if (given_) {
      GOLDCREST_RETURN_IF_ERROR(TakeGivenInputs(config));
    }
    GOLDCREST_TRY(numbering_, CallNumbering::Of(layers_));
    numbering_.ResolveAll(layers_);
    GOLDCREST_RETURN_IF_ERROR(AddAll());
    if (sequential) return made_.at({layers_.back().name, 0});
    return ReadEnds(config);
  }

  // Where the model's own inputs are, after Build.
  Result<std::vector<ValueId>> Inputs(bool sequential, const json& config) const {
    if (sequential) return model_.graph.inputs;
    const json* said = Find(config, "input_layers");
    if (said == nullptr) return Invalid("the model's description names no inputs");
    return OutputsOf(*said);
  }

 private:
  // A Sequential model may state its input's shape in its first layer.
  Status CallOneAfterTheOther(const json& config) {
    if (layers_.front().class_name != "InputLayer") {
      std::string name = base::Cat(layers_.front().name, "_input");
      if (given_) {
        if (given_->size() != 1) return Invalid("is called on ", given_->size(), " tensors");
        made_[{name, 0}] = *given_;
      } else {
        const json& first = *layers_.front().config;
        auto shape = InputShape(first);
        if (!shape) shape = InputShape(config);
        GOLDCREST_TRY(tensor::Shape known, Within(Where(layers_.front(), 0), std::move(shape)));
        GOLDCREST_TRY(ValueId id, AddInput(name, std::move(known), first));
        made_[{name, 0}] = {id};
      }
      layers_.front().calls = {{{TensorReference{name, 0, 0}}}};
    } else {
      layers_.front().calls.clear();
      if (given_) made_[{layers_.front().name, 0}] = *given_;
    }
    for (size_t i = 1; i < layers_.size(); ++i) {
      layers_[i].calls = {{{TensorReference{layers_[i - 1].name, 0, 0}}}};
    }
    return {};
  }

  Status TakeGivenInputs(const json& config) {
    const json* said = Find(config, "input_layers");
    if (said == nullptr) return Invalid("the model's description names no inputs");
    GOLDCREST_TRY(auto references, ReadReferences(*said));
    if (references.size() != given_->size()) {
      return Invalid("is called on ", given_->size(), " tensors, its model takes ",
                     references.size());
    }
    for (size_t i = 0; i < references.size(); ++i) {
      made_[{references[i].layer, 0}] = {(*given_)[i]};
    }
    return {};
  }

  Result<ValueId> AddInput(const std::string& name, tensor::Shape shape, const json& config) {
    const json* dtype = Find(config, "dtype");
    if (dtype != nullptr && dtype->is_string() && dtype->get<std::string>() != "float32") {
      return Fail(ErrorCode::kUnsupported, "an input of type ", dtype->get<std::string>());
    }
    ValueId id =
        model_.graph.AddValue({.name = base::Cat(prefix_, name), .shape = std::move(shape)});
    model_.graph.inputs.push_back(id);
    return id;
  }

  Status AddAll() {
    const CallOrder order = OrderCalls(layers_, made_);
    for (const LayerCall& next : order.calls) {
      const Description& layer = layers_[next.layer];
      const CallKey key{layer.name, next.call};
      GOLDCREST_TRY(made_[key], Within(Where(layer, next.layer), AddCall(layer, next.call)));
    }
    if (!order.stuck) return {};
    return Invalid(Where(layers_[order.stuck->layer], order.stuck->layer),
                   " › reads a layer that does not exist, or itself");
  }

  Result<std::vector<ValueId>> AddCall(const Description& layer, size_t call) {
    if (++layers_so_far_ > kMostLayers) {
      return Fail(ErrorCode::kLimit, "the limit of ", kMostLayers, " layers is reached");
    }
    if (layer.class_name == "InputLayer") {
      GOLDCREST_TRY(tensor::Shape shape, InputShape(*layer.config));
      GOLDCREST_TRY(ValueId id, AddInput(layer.name, std::move(shape), *layer.config));
      return std::vector<ValueId>{id};
    }
    GOLDCREST_TRY(std::vector<ValueId> inputs, InputsOf(layer, call));
    std::vector<std::string> path = path_;
    path.push_back(layer.name);
    std::string name = base::Cat(prefix_, layer.name);
    if (call > 0) name += base::Cat("/call_", call + 1);
    if (layer.is_model) {
      if (path.size() > kDeepestModel) return Invalid("models are nested too deeply");
      Builder inner(model_, std::move(path), base::Cat(name, "/"), layers_so_far_);
      return inner.Build(layer.class_name == "Sequential", *layer.config, std::move(inputs));
    }
    const size_t first_node = model_.graph.nodes.size();
    GOLDCREST_TRY(
        ValueId id,
        AddLayer({name, layer.class_name, *layer.config, path, std::move(inputs)}, model_));
    GOLDCREST_RETURN_IF_ERROR(graph::InferShapesFrom(model_.graph, first_node));
    return std::vector<ValueId>{id};
  }

  Result<std::vector<ValueId>> InputsOf(const Description& layer, size_t call) {
    std::vector<ValueId> inputs;
    if (layer.calls.empty()) return inputs;
    for (const Argument& argument : layer.calls[call].arguments) {
      if (const auto* numbers = std::get_if<NumbersArgument>(&argument)) {
        inputs.push_back(
            model_.graph.AddConstant(base::Cat(prefix_, layer.name, "/argument_", inputs.size()),
                                     numbers->shape, numbers->elements));
        continue;
      }
      GOLDCREST_TRY(ValueId id, OutputOf(std::get<TensorReference>(argument)));
      inputs.push_back(id);
    }
    return inputs;
  }

  Result<ValueId> OutputOf(const TensorReference& reference) const {
    auto found = made_.find({reference.layer, reference.call});
    if (found == made_.end()) return Invalid("the model has no layer '", reference.layer, "'");
    const std::vector<ValueId>& outputs = found->second;
    if (reference.output < 0 || reference.output >= static_cast<int64_t>(outputs.size())) {
      return Invalid("'", reference.layer, "' has no output ", reference.output);
    }
    return outputs[static_cast<size_t>(reference.output)];
  }

  Result<std::vector<ValueId>> OutputsOf(const json& said) const {
    GOLDCREST_TRY(auto references, ReadReferences(said));
    std::vector<ValueId> ids;
    for (TensorReference& reference : references) {
      numbering_.Resolve(reference);
      GOLDCREST_TRY(ValueId id, OutputOf(reference));
      ids.push_back(id);
    }
    return ids;
  }

  Result<std::vector<ValueId>> ReadEnds(const json& config) const {
    const json* said = Find(config, "output_layers");
    if (said == nullptr) return Invalid("the model's description names no outputs");
    return OutputsOf(*said);
  }

  ModelContext& model_;
  std::vector<std::string> path_;
  std::string prefix_;  // of the names of the values that are made
  size_t& layers_so_far_;
  std::optional<std::vector<ValueId>> given_;
  std::vector<Description> layers_;
  CallNumbering numbering_;
  MadeCalls made_;
};

int MajorVersion(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

}  // namespace

Result<graph::Graph> BuildModel(std::string_view config, std::string_view keras_version,
                                const WeightSource& weights) {
  json model = json::parse(config, nullptr, /*allow_exceptions=*/false);
  if (!model.is_object()) return Invalid("the model's description is no JSON object");
  const int version = MajorVersion(keras_version);
  if (version < 2) ModernizeKeras1(model);
  GOLDCREST_TRY(std::string class_name, Text(model, "class_name", std::nullopt));
  const json* inner = Find(model, "config");
  if (!IsModel(class_name)) {
    return Fail(ErrorCode::kUnsupported, "the model is of class ", class_name,
                "; Functional and Sequential are supported");
  }
  if (inner == nullptr) return Invalid("the model's description lists no layers");
  const bool sequential = class_name == "Sequential";
  ModelContext context{weights, version, {}, {}};
  GOLDCREST_TRY(context.graph.name, Text(*inner, "name", "model"));
  size_t layers = 0;
  Builder builder(context, {}, "", layers);
  GOLDCREST_TRY(auto outputs, builder.Build(sequential, *inner, std::nullopt));
  GOLDCREST_TRY(context.graph.inputs, builder.Inputs(sequential, *inner));
  graph::Graph graph = std::move(context.graph);
  graph.outputs = std::move(outputs);
  GOLDCREST_RETURN_IF_ERROR(graph::InferShapes(graph));
  GOLDCREST_RETURN_IF_ERROR(graph::Verify(graph));
  return graph;
}

}  // namespace goldcrest::formats::keras
