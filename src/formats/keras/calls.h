// What a layer is called on, as a Keras model's description has it in inbound_nodes.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "tensor/shape.h"

namespace goldcrest::formats::keras {

// An output of a call of another layer.
struct TensorReference {
  std::string layer;
  int64_t call = 0;    // Keras' node index
  int64_t output = 0;  // Keras' tensor index
};

struct NumbersArgument {
  tensor::Shape shape;
  std::vector<float> elements;
};

using Argument = std::variant<TensorReference, NumbersArgument>;

struct Call {
  std::vector<Argument> arguments;
};

// The tensors that the layer is called on, in order.
std::vector<TensorReference> ReferencesOf(const Call& call);

// The calls of a layer, in either spelling: Keras 3's {"args": [{"class_name": "__keras_tensor__",
// "config": {"keras_history": [layer, 0, 0]}}], "kwargs": {}} or Keras 2's [[layer, 0, 0, {}]].
// An error where a layer is called for training, or on a tensor as an argument that we do not know.
Result<std::vector<Call>> ReadCalls(const nlohmann::json& layer);

// The tensors that `node` names, in order, in lists of any depth and either spelling.
Result<std::vector<TensorReference>> ReadReferences(const nlohmann::json& node);

// Whether the layer's calls are in Keras 2's spelling.
bool IsKeras2Spelling(const nlohmann::json& layer);

}  // namespace goldcrest::formats::keras
