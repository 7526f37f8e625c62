// Our additions to Keras' files, which Keras passes over: attributes of an .h5 file's root, entries
// of a .keras archive.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::formats::keras {

inline constexpr char kContractName[] = "GOLDCREST_INPUT";  // the input contract as JSON
inline constexpr char kLabelsName[] = "GOLDCREST_LABELS";   // one a line, by class index

Status TakeContract(std::string_view json, graph::Graph& graph);
Status TakeLabels(std::string_view text, graph::Graph& graph);

// What the graph has of them, by name.
std::vector<std::pair<std::string, std::string>> OurTexts(const graph::Graph& graph);

}  // namespace goldcrest::formats::keras
