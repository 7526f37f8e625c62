#include "formats/keras/description.h"

#include "formats/keras/config.h"

namespace goldcrest::formats::keras {

using nlohmann::json;

bool IsModel(std::string_view class_name) {
  return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
}

std::string Where(const Description& layer, size_t index) {
  return base::Cat("layer ", index, " '", layer.name, "' (", layer.class_name, ")");
}

Result<const json*> LayersOf(const json& config) {
  const json* layers = config.is_array() ? &config : Find(config, "layers");
  if (layers == nullptr || !layers->is_array() || layers->empty()) {
    return Fail(ErrorCode::kInvalid, "the model's description lists no layers");
  }
  return layers;
}

Result<std::vector<Description>> Describe(const json& layers) {
  std::vector<Description> descriptions;
  for (const json& layer : layers) {
    Description description;
    const json* config = Find(layer, "config");
    GOLDCREST_TRY(description.class_name, Text(layer, "class_name", std::nullopt));
    if (config == nullptr)
      return Fail(ErrorCode::kInvalid, "layer ", descriptions.size(), " has no config");
    GOLDCREST_TRY(std::string inner_name, Text(*config, "name", ""));
    GOLDCREST_TRY(description.name, Text(layer, "name", inner_name));
    description.config = config;
    description.is_model = IsModel(description.class_name);
    description.keras2_spelling = IsKeras2Spelling(layer);
    GOLDCREST_TRY(description.calls,
                  Within(Where(description, descriptions.size()), ReadCalls(layer)));
    descriptions.push_back(std::move(description));
  }
  return descriptions;
}

Result<tensor::Shape> InputShape(const json& config) {
  for (const char* key : {"batch_shape", "batch_input_shape", "build_input_shape"}) {
    if (Find(config, key) != nullptr) return Integers(config, key);
  }
  // A model in the first place says it in its own first layer.
  auto layers = LayersOf(config);
  const json* first = layers ? Find((**layers)[0], "config") : nullptr;
  if (first != nullptr) return InputShape(*first);
  return Fail(ErrorCode::kInvalid, "the shape of the model's input is missing");
}

}  // namespace goldcrest::formats::keras
