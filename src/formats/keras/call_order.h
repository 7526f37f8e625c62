// An order in which the calls of a model's layers can be made.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/keras/description.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

using CallKey = std::pair<std::string, int64_t>;  // a layer's name and the index of its call
using MadeCalls = std::map<CallKey, std::vector<graph::ValueId>>;  // with their outputs

struct LayerCall {
  size_t layer;
  size_t call;
};

struct CallOrder {
  std::vector<LayerCall> calls;
  std::optional<LayerCall> stuck;  // one that reads what is never made
};

// The order of the list need not be one in which the layers can run: a call comes once all that it
// reads is there. Calls in `made` are left out. References have been resolved.
CallOrder OrderCalls(const std::vector<Description>& layers, const MadeCalls& made);

}  // namespace goldcrest::formats::keras
