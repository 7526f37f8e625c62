// Where the input contract comes from: the file, then flags, then a guess that is said aloud.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::api {

// What the command line says of it.
struct ContractFlags {
  std::optional<std::string> normalize;
  std::optional<std::string> resize;
  std::optional<std::string> crop;
  bool any() const { return normalize || resize || crop; }
};

// Completes graph.metadata.input_contract. Where neither the file nor the flags nor a guess can say
// it, it stays absent. A guess adds a note that names the flag that changes it.
Status ResolveInputContract(const ContractFlags& flags, graph::Graph& graph,
                            std::vector<std::string>& notes);

}  // namespace goldcrest::api
