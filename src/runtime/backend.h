// How a backend takes part: it groups nodes, and lowers each group to a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "runtime/options.h"

namespace goldcrest::runtime {

// Nodes that one step computes; values made and read only inside never exist in memory.
struct Group {
  std::vector<int32_t> nodes;           // indices into Graph::nodes, rising
  std::vector<graph::ValueId> inputs;   // what the step reads, constants included
  std::vector<graph::ValueId> outputs;  // what it makes for others
};

// Where a step's inputs and outputs lie, in the order of its group's lists.
struct Buffers {
  std::span<const std::byte* const> inputs;
  std::span<std::byte* const> outputs;
  std::byte* scratch = nullptr;  // the step's own memory while it runs

  template <class T>
  const T* In(size_t i) const {
    return i < inputs.size() ? reinterpret_cast<const T*>(inputs[i]) : nullptr;
  }
  template <class T>
  T* Out(size_t i) const {
    return reinterpret_cast<T*>(outputs[i]);
  }
};

// A kernel that comes before the one chosen, and why it was not taken.
struct Refusal {
  std::string kernel;
  std::string reason;
};

using RunChunk =
    std::move_only_function<void(int64_t chunk, const Buffers& buffers) const noexcept>;

// What a step does first, in chunks too.
struct Preparation {
  int64_t chunks = 1;
  RunChunk run;
};

// How far a step is when a chunk and all before it are done, where chunks go through its values in
// the order of memory; in elements, of an input that is no constant and of the output. What lies
// outside may be in no memory.
struct Progress {
  int64_t from, read;  // the chunk reads [from, read)
  int64_t written;     // [0, written) is there
};

// A group made ready to run: the work is cut into chunks that may run in any order, on any thread,
// at the same time. Everything that can fail has been settled.
struct Step {
  std::string kernel;  // the kernel chosen, for people
  std::vector<Refusal> refused;
  int64_t chunks = 1;
  RunChunk run;
  std::vector<Preparation> preparations;  // one after the other, before the chunks
  size_t scratch_bytes = 0;               // that these and the chunks share
  std::vector<Progress> progress;         // by chunk; empty where they have no such order
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  // Every node in exactly one group, the groups in an order in which they can run.
  virtual std::vector<Group> Propose(const graph::Graph& graph, const Options& options) const = 0;
  // `graph` has known shapes; it and its constants outlive the step. Several groups may be lowered
  // at once.
  virtual Result<Step> Lower(const graph::Graph& graph, const Group& group,
                             const Options& options) const = 0;
};

}  // namespace goldcrest::runtime
