// A model's message → graph::Graph.
#pragma once

#include "base/result.h"
#include "formats/onnx/onnx.h"
#include "formats/reading/budget.h"
#include "graph/graph.h"
#include "onnx.pb.h"

namespace goldcrest::formats::onnx {

// `opset` is the version of ONNX's own operators. The graph is not verified yet, and has no
// metadata but notes.
Result<graph::Graph> ImportGraph(const proto::GraphProto& graph, int64_t opset,
                                 const ReadOptions& options, reading::Budget& budget);

}  // namespace goldcrest::formats::onnx
