#include "formats/keras/write_config.h"

namespace goldcrest::formats::keras {
namespace {

using nlohmann::json;

json ShapeJson(const tensor::Shape& shape) {
  json list = json::array();
  for (int64_t dimension : shape) list.push_back(dimension < 0 ? json(nullptr) : json(dimension));
  return list;
}

class ConfigWriter {
 public:
  ConfigWriter(const WrittenModel& model, Spelling spelling)
      : model_(model), keras3_(spelling == Spelling::kKeras3) {}

  json Write() const {
    json layers = json::array();
    for (const WrittenLayer& layer : model_.layers) layers.push_back(Layer(layer));
    json config = {{"name", model_.name},
                   {"trainable", true},
                   {"layers", std::move(layers)},
                   {"input_layers", Ends(model_.inputs)},
                   {"output_layers", Ends(model_.outputs)}};
    json written = {{"class_name", "Functional"}, {"config", std::move(config)}};
    if (keras3_) {
      written["module"] = "keras.src.models.functional";
      written["registered_name"] = "Functional";
    }
    return written;
  }

 private:
  json Place(const CallOutput& output) const {
    return {model_.layers[output.layer].name, output.call, 0};
  }

  // Keras 3 calls a model of one tensor with that tensor where it stands alone, else with a list.
  json Ends(const std::vector<CallOutput>& ends) const {
    if (keras3_ && ends.size() == 1) return Place(ends[0]);
    json list = json::array();
    for (const CallOutput& end : ends) list.push_back(Place(end));
    return list;
  }

  json Layer(const WrittenLayer& layer) const {
    json config = layer.config.is_null() ? json::object() : layer.config;
    config["name"] = layer.name;
    config["dtype"] = "float32";
    if (layer.class_name == "InputLayer") {
      config[keras3_ ? "batch_shape" : "batch_input_shape"] = ShapeJson(layer.calls[0].shape);
    } else {
      config["trainable"] = true;
    }
    json nodes = json::array();
    for (const WrittenCall& call : layer.calls) {
      if (!call.inputs.empty())
        nodes.push_back(keras3_ ? Keras3Node(layer, call) : Keras2Node(call));
    }
    json written = {{"class_name", layer.class_name},
                    {"config", std::move(config)},
                    {"name", layer.name},
                    {"inbound_nodes", std::move(nodes)}};
    if (keras3_) {
      written["module"] = "keras.layers";
      written["registered_name"] = nullptr;
    }
    return written;
  }

  json Keras3Node(const WrittenLayer& layer, const WrittenCall& call) const {
    json tensors = json::array();
    for (const CallOutput& input : call.inputs) {
      const tensor::Shape& shape = model_.layers[input.layer].calls[input.call].shape;
      tensors.push_back(
          {{"class_name", "__keras_tensor__"},
           {"config",
            {{"shape", ShapeJson(shape)}, {"dtype", "float32"}, {"keras_history", Place(input)}}}});
    }
    json arguments = json::array();
    if (layer.takes_list) {
      arguments.push_back(std::move(tensors));
    } else {
      arguments = std::move(tensors);
    }
    return {{"args", std::move(arguments)}, {"kwargs", json::object()}};
  }

  json Keras2Node(const WrittenCall& call) const {
    json tensors = json::array();
    for (const CallOutput& input : call.inputs) {
      json tensor = Place(input);
      tensor.push_back(json::object());
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  }

  const WrittenModel& model_;
  bool keras3_;
};

}  // namespace

std::string WriteConfig(const WrittenModel& model, Spelling spelling) {
  return ConfigWriter(model, spelling).Write().dump();
}

}  // namespace goldcrest::formats::keras
