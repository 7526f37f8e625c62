// Which tensor of a checkpoint each variable of a SavedModel is: what restores the model says so.
#pragma once

#include <string>
#include <unordered_map>

#include "base/result.h"
#include "formats/tensorflow/flatten.h"

namespace goldcrest::formats::tensorflow {

// Keys of the checkpoint by the variables' names (see NameOfVariable). `restore` is the node that
// restores the model: a call of a function, or in TensorFlow 1's models one that waits for
// assignments; empty: the model has no variables.
Result<std::unordered_map<std::string, std::string>> FindVariables(Flattener& flattener,
                                                                   const std::string& restore);

// By which nodes that stand for the same variable know each other.
std::string NameOfVariable(const FlatNode& node);

}  // namespace goldcrest::formats::tensorflow
