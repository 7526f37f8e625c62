// The graph of a file by its names: what makes each tensor, and what reads it.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "onnx.pb.h"

namespace goldcrest::formats::onnx {

struct FileGraph {
  // In their order in the file, those that the outputs depend on.
  std::vector<const proto::NodeProto*> nodes;
  // Constants: initializers, and the tensors of Constant operators.
  std::unordered_map<std::string_view, const proto::TensorProto*> constants;
  std::unordered_map<std::string_view, const proto::NodeProto*> makers;
  std::unordered_map<std::string_view, std::vector<const proto::NodeProto*>> readers;
  std::vector<const proto::ValueInfoProto*> inputs;  // without those that are initializers
};

// Views of the message. Names that two things have, and outputs that nothing makes, are errors.
Result<FileGraph> IndexGraph(const proto::GraphProto& graph);

// Whether a convolution, a pool or the like reads the tensor as NCHW, perhaps through operators
// that go over each element by itself.
bool IsReadChannelsFirst(const FileGraph& graph, std::string_view tensor);

// Whether a layer has weights of int8 behind a DequantizeLinear.
bool HasSignedWeights(const FileGraph& graph);

}  // namespace goldcrest::formats::onnx
