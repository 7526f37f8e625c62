// A graph without functions, identities and control inputs: the nodes that what is asked for
// depends on, each after what it reads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/scope.h"
#include "graph_def.pb.h"

namespace goldcrest::formats::tensorflow {

// An output of a flat node.
struct TensorRef {
  int32_t node = 0;
  int32_t output = 0;
  bool operator==(const TensorRef&) const = default;
};

struct FlatNode {
  const proto::NodeDef* def = nullptr;
  std::string name;  // the node's own, made unique
  std::vector<TensorRef> inputs;
  bool is_input = false;  // of the model: what it reads does not count
};

// Walks backwards from the tensors that are asked for. Cycles, names of what does not exist,
// functions that call each other deeply, and more nodes than a model has are errors.
class Flattener {
 public:
  // The graph outlives the object.
  static Result<Flattener> Create(const proto::GraphDef& graph);

  // Makes a node of the outermost graph an input of the model.
  Status AddInput(std::string_view node);

  // The tensor of the outermost graph, or of a call of a function (see Enter).
  Result<TensorRef> Resolve(std::string_view tensor) { return ResolveIn(0, tensor); }
  Result<TensorRef> ResolveIn(int32_t frame, std::string_view tensor);

  // The body of the function that a node of the outermost graph calls; an error where it calls
  // none.
  struct Body {
    int32_t frame;
    const Scope* scope;
  };
  Result<Body> Enter(std::string_view node);

  const Scope& graph() const { return *frames_.front().scope; }
  const std::vector<FlatNode>& nodes() const { return nodes_; }

 private:
  // A function's body as it is called at one place.
  struct Frame {
    const Scope* scope;
    int32_t caller;  // a frame
    const proto::NodeDef* call;
    int32_t depth;
  };
  // A node, one output of a node that passes something on, or an argument.
  struct Item {
    int32_t frame;
    int32_t member;
    int32_t output;
    auto operator<=>(const Item&) const = default;
  };
  struct ItemHash {
    size_t operator()(const Item& item) const;
  };
  struct Work {
    Item item;
    int32_t wanted = 0;  // which of its outputs the one below on the stack reads
    int next_input = 0;
    std::vector<TensorRef> found;  // what it reads, as far as that is known
  };

  // The item, and which of its outputs is meant.
  struct Place {
    Item item;
    int32_t output;
  };
  Result<Place> Locate(int32_t frame, std::string_view tensor);
  const proto::FunctionDef* FunctionOf(const proto::NodeDef& node) const;
  Result<int32_t> FrameOf(int32_t caller, int32_t member);
  // What the item reads next; false where it has all.
  Result<bool> Next(Work& work, Place& place);
  Error Circle(const Item& item) const;
  TensorRef Finish(Work& work);
  std::string UniqueName(const std::string& name);

  const proto::GraphDef* def_ = nullptr;
  std::unordered_map<std::string_view, const proto::FunctionDef*> functions_;
  std::map<const proto::FunctionDef*, std::unique_ptr<Scope>> scopes_;
  std::unique_ptr<Scope> outermost_;
  std::vector<Frame> frames_;
  std::map<std::pair<int32_t, int32_t>, int32_t> frame_of_call_;
  std::set<int32_t> inputs_;
  std::unordered_map<Item, TensorRef, ItemHash> done_;  // node -1: being worked on
  std::vector<FlatNode> nodes_;
  std::unordered_map<std::string, int32_t> names_;
};

}  // namespace goldcrest::formats::tensorflow
