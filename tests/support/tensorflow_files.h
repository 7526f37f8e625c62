// Small graphs of TensorFlow's, made of its messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph_def.pb.h"

namespace goldcrest::testing {

namespace tf = formats::tensorflow::proto;

// A graph, or a function's body, a node at a time. Attributes are set on what is returned.
class NodeMaker {
 public:
  tf::NodeDef& Add(std::string_view op, std::string_view name, std::vector<std::string> inputs);
  void Placeholder(std::string_view name, const std::vector<int64_t>& shape);
  // Rising numbers where none are given.
  void Floats(std::string_view name, const std::vector<int64_t>& shape,
              const std::vector<float>& elements = {});
  void Integers(std::string_view name, const std::vector<int64_t>& shape,
                const std::vector<int32_t>& elements);
  // Conv2D or DepthwiseConv2dNative of stride 1.
  tf::NodeDef& Convolution(std::string_view op, std::string_view name,
                           std::vector<std::string> inputs, std::string_view padding = "SAME");

  tf::GraphDef graph;
};

// Of a Const: its tensor, without elements.
tf::TensorProto& AddTensor(tf::NodeDef& node, int32_t type, const std::vector<int64_t>& shape);
// Numbers from -3/4 to 3/4 by eighths, over and over.
std::vector<float> Rising(const std::vector<int64_t>& shape);

void SetText(tf::NodeDef& node, const std::string& name, std::string_view text);
void SetFlag(tf::NodeDef& node, const std::string& name, bool flag);
void SetList(tf::NodeDef& node, const std::string& name, const std::vector<int64_t>& numbers);

// The message's bytes, the same always.
std::string Serialized(const google::protobuf::MessageLite& message);

// Small networks. What a file of them lacks at its end is always missed, for nodes come after what
// reads them.
tf::GraphDef SmallNetwork();            // fused batch normalization, functions
tf::GraphDef SmallNetworkSpelledOut();  // batch normalization, dilation and shapes of primitives
std::vector<std::string> SmallGraphDefs();

}  // namespace goldcrest::testing
