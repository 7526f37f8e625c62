#include "formats/keras/metadata.h"

namespace goldcrest::formats::keras {

Status TakeContract(std::string_view json, graph::Graph& graph) {
  GOLDCREST_TRY(graph.metadata.input_contract,
                Within(kContractName, tensor::InputContractFromJson(json)));
  graph.metadata.input_contract_from = base::Cat("the file (", kContractName, ")");
  return {};
}

Status TakeLabels(std::string_view text, graph::Graph& graph) {
  if (!base::IsUtf8(text)) return Invalid(kLabelsName, " is no text in UTF-8");
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    graph.metadata.labels.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

std::vector<std::pair<std::string, std::string>> OurTexts(const graph::Graph& graph) {
  std::vector<std::pair<std::string, std::string>> texts;
  const graph::Metadata& metadata = graph.metadata;
  if (metadata.input_contract) {
    texts.emplace_back(kContractName, tensor::ToJson(*metadata.input_contract));
  }
  if (!metadata.labels.empty()) {
    texts.emplace_back(kLabelsName, base::Join(metadata.labels, "\n") + "\n");
  }
  return texts;
}

}  // namespace goldcrest::formats::keras
