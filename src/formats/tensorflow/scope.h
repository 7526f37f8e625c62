// The nodes of a graph, or of a function's body, by name; and how tensors are named in it.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "graph_def.pb.h"

namespace goldcrest::formats::tensorflow {

// What a tensor's name says: "node:2" in a graph; "argument" or "node:output:2" in a function.
struct TensorName {
  std::string_view node;
  std::string_view output;  // the name of an output; empty in a graph
  int32_t number = 0;
};

Result<TensorName> ParseTensorName(std::string_view text);

// Views of messages, which live longer.
class Scope {
 public:
  static Result<Scope> Of(const proto::GraphDef& graph);
  static Result<Scope> Of(const proto::FunctionDef& function);

  // Members are the nodes, then the arguments.
  int32_t Find(std::string_view name) const;  // -1 where there is none
  bool IsArgument(int32_t member) const { return member >= std::ssize(nodes_); }
  int32_t ArgumentOf(int32_t member) const { return member - static_cast<int32_t>(nodes_.size()); }
  const proto::NodeDef& Node(int32_t member) const { return *nodes_[static_cast<size_t>(member)]; }
  const std::vector<const proto::NodeDef*>& nodes() const { return nodes_; }
  const proto::FunctionDef* function() const { return function_; }  // null in a graph

 private:
  template <class Nodes>
  Status AddNodes(const Nodes& nodes);

  std::vector<const proto::NodeDef*> nodes_;
  std::unordered_map<std::string_view, int32_t> members_;
  const proto::FunctionDef* function_ = nullptr;
};

}  // namespace goldcrest::formats::tensorflow
