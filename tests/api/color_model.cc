#include "api/color_model.h"

#include "formats/tflite/tflite.h"
#include "support/run_graph.h"

namespace goldcrest::testing {

std::vector<std::byte> ColorModel(bool with_contract) {
  graph::Graph graph = MustParse(R"(
    input %0 "x": float32[-1, 4, 4, 3]
    %1 "mean": float32[-1, 3] = mean(%0) axes=[1, 2]
    output %1)");
  if (with_contract) {
    tensor::InputContract contract;
    contract.width = contract.height = 4;
    contract.normalization.kind = tensor::NormalizationKind::kUnit;
    graph.metadata.input_contract = contract;
    graph.metadata.labels = {"red", "grün", "blue"};
  }
  return *formats::tflite::Write(graph);
}

}  // namespace goldcrest::testing
