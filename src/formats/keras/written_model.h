// A graph in Keras' terms: the layers that a file lists, in no file's spelling yet.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

// Whose words a configuration uses: Keras 3's own, or those of Keras 2, which Keras 3 reads too.
enum class Spelling : uint8_t { kKeras3, kKeras2 };

struct WrittenWeight {
  std::string name;  // "kernel"
  tensor::Shape shape;
  tensor::SharedBytes elements;  // float32, in Keras' layout
};

// What a layer makes at one of its calls.
struct CallOutput {
  size_t layer = 0;  // index into WrittenModel::layers
  size_t call = 0;
  bool operator==(const CallOutput&) const = default;
};

struct WrittenCall {
  std::vector<CallOutput> inputs;  // none: an InputLayer
  tensor::Shape shape;             // of the output
};

struct WrittenLayer {
  std::string name;
  std::string class_name;
  nlohmann::json config;  // without the name
  std::vector<WrittenWeight> weights;
  std::vector<WrittenCall> calls;
  bool takes_list = false;  // several tensors as one argument
};

struct WrittenModel {
  std::string name;
  std::vector<WrittenLayer> layers;  // in Keras' order, see layer_order.h
  std::vector<CallOutput> inputs;
  std::vector<CallOutput> outputs;
};

// An error names the first node that no layer of Keras computes. Weights stay where they are where
// the layout is the same.
Result<WrittenModel> ToLayers(const graph::Graph& graph, Spelling spelling);

}  // namespace goldcrest::formats::keras
