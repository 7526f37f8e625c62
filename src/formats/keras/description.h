// The layers of a model as its JSON description lists them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/keras/calls.h"

namespace goldcrest::formats::keras {

// A layer as the description has it; `config` points into the description.
struct Description {
  std::string name;
  std::string class_name;
  const nlohmann::json* config;
  std::vector<Call> calls;
  bool is_model = false;
  bool keras2_spelling = false;
};

inline constexpr size_t kDeepestModel = 8;  // models in models

bool IsModel(std::string_view class_name);

// "layer 17 'conv1' (Conv2D)", for errors.
std::string Where(const Description& layer, size_t index);

// The layers of a model's configuration; old Sequential models are the bare list of them.
Result<const nlohmann::json*> LayersOf(const nlohmann::json& config);

Result<std::vector<Description>> Describe(const nlohmann::json& layers);

// The shape of a model's or layer's own input, where its configuration says one: under a name that
// changed over the years, or in the model's own first layer.
Result<tensor::Shape> InputShape(const nlohmann::json& config);

}  // namespace goldcrest::formats::keras
