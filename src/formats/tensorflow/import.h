// A flat graph, its ends and its variables → graph::Graph.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/constant.h"
#include "formats/tensorflow/flatten.h"
#include "formats/tensorflow/tensorflow.h"
#include "graph/graph.h"

namespace goldcrest::formats::tensorflow {

// An input or an output.
struct End {
  TensorRef tensor;
  std::string name;  // by which the caller knows it
};

struct Ends {
  std::vector<End> inputs;
  std::vector<End> outputs;
};

// What the variable is that a node stands for. The bytes may be a window of a file.
using VariableSource = std::function<Result<Floats>(const FlatNode& node)>;

// `nodes` has all that the ends name. Shapes of inputs are the file's where `shapes` is empty.
Result<graph::Graph> ImportNodes(std::span<const FlatNode> nodes, const Ends& ends,
                                 std::span<const tensor::Shape> shapes, Budget& budget,
                                 const VariableSource& variables);

// Whether a node stands for a variable.
bool IsVariable(const FlatNode& node);

}  // namespace goldcrest::formats::tensorflow
