#include "pipeline/model_hash.h"

#include <string>
#include <vector>

#include "graph/text.h"

namespace goldcrest::pipeline {

data::ContentHash HashOfModel(const graph::Graph& graph) {
  std::string text = graph::ToText(graph);
  if (graph.metadata.input_contract) text += tensor::Describe(*graph.metadata.input_contract);
  std::vector<data::ContentHash> parts = {data::HashOf(std::as_bytes(std::span(text)))};
  for (const graph::Value& value : graph.values) {
    if (value.constant) parts.push_back(data::HashOf(value.constant->bytes()));
  }
  return data::HashOf(std::as_bytes(std::span(parts)));
}

}  // namespace goldcrest::pipeline
