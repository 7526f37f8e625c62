// The version that a .tflite file states for an operator: the first whose runtime could run it with
// these types and attributes, so that an older one refuses the file instead of misreading it.
#pragma once

#include "graph/graph.h"

namespace goldcrest::formats::tflite {

int OperatorVersion(const graph::Graph& graph, const graph::Node& node);

// Of an operator that came early with float32 and uint8, then with int8, then with int16: most did.
int VersionByType(tensor::DType dtype);

}  // namespace goldcrest::formats::tflite
