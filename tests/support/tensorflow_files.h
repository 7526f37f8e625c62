// Small files of TensorFlow's, made of its messages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tensorflow/tensorflow.h"
#include "saved_model.pb.h"

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

void SetText(tf::NodeDef& node, const std::string& name, std::string_view text);
void SetFlag(tf::NodeDef& node, const std::string& name, bool flag);
void SetList(tf::NodeDef& node, const std::string& name, const std::vector<int64_t>& numbers);

// Small networks. What a file of them lacks at its end is always missed, for nodes come after what
// reads them.
tf::GraphDef SmallNetwork();            // fused batch normalization, functions
tf::GraphDef SmallNetworkSpelledOut();  // batch normalization, dilation and shapes of primitives
std::vector<std::string> SmallGraphDefs();

// LevelDB's table, in blocks of so many entries.
std::string SortedTable(const std::map<std::string, std::string>& entries, size_t in_block = 2);

// The files of a SavedModel, joined to one: the lengths of the first two in front.
struct SavedModelParts {
  std::string saved_model, index, shard;
};
SavedModelParts SmallSavedModel();
std::string JoinParts(const SavedModelParts& parts);
Result<graph::Graph> ReadSavedModelParts(const SavedModelParts& parts,
                                         const formats::tensorflow::ImportOptions& options = {});
Result<graph::Graph> ReadJoinedSavedModel(std::string_view file);
std::vector<std::string> SmallSavedModels();

}  // namespace goldcrest::testing
