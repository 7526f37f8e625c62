// The operators of segmentation and detection models, written and read back.
#include <gtest/gtest.h>

#include "formats/tflite/detection_options.h"
#include "formats/tflite/tflite.h"
#include "graph/text.h"
#include "support/run_graph.h"
#include "support/small_graphs.h"
#include "tensor/shared_bytes.h"

namespace goldcrest::formats::tflite {
namespace {

using testing::MustParse;

graph::Graph WrittenAndRead(const graph::Graph& graph) {
  auto bytes = Write(graph);
  if (!bytes) ADD_FAILURE() << bytes.error().ToString();
  auto back = Read(tensor::SharedBytes::Copy<std::byte>(*bytes));
  if (!back) ADD_FAILURE() << back.error().ToString();
  return std::move(*back);
}

std::vector<std::vector<float>> OutputsOnNoise(const graph::Graph& graph) {
  std::vector<std::vector<float>> outputs;
  for (graph::ValueId id : graph.outputs) {
    graph::Graph one = graph;
    one.outputs = {id};
    outputs.push_back(testing::RunOnNoise(one, 3));
  }
  return outputs;
}

std::vector<std::string> Operators(const graph::Graph& graph) {
  std::vector<std::string> operators;
  for (const graph::Node& node : graph.nodes) operators.push_back(graph::ToText(node.op));
  return operators;
}

TEST(TfliteOperators, OfPicturesComeBackAsTheyWere) {
  const graph::Graph graph = MustParse(testing::SmallPictureGraphText());
  const graph::Graph back = WrittenAndRead(graph);
  EXPECT_EQ(Operators(back), Operators(graph));
  EXPECT_EQ(OutputsOnNoise(back), OutputsOnNoise(graph));
}

TEST(TfliteOperators, DetectionsAreOneOperatorOfFourOutputs) {
  const graph::Graph graph = MustParse(testing::SmallDetectionGraphText());
  const graph::Graph back = WrittenAndRead(graph);
  EXPECT_EQ(Operators(back), Operators(graph));
  EXPECT_EQ(OutputsOnNoise(back), OutputsOnNoise(graph));
}

TEST(TfliteOperators, DetectionOptionsAreChecked) {
  auto error = [](const std::vector<uint8_t>& bytes) {
    auto read = ReadDetectionOptions(bytes);
    return read ? "fine" : read.error().ToString();
  };
  graph::DetectionPostProcess op{
      .max_detections = 7, .regular_nms = true, .nms_iou_threshold = 0.5, .y_scale = 2.5};
  const std::vector<uint8_t> bytes = WriteDetectionOptions(op);
  auto read = ReadDetectionOptions(bytes);
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(graph::ToText(graph::Op(*read)), graph::ToText(graph::Op(op)));
  EXPECT_EQ(error({}), "its options are no flexbuffer");
  EXPECT_EQ(error({3, 4, 1}), "its options are no map");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(error({bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)}), "fine");
  }
}

}  // namespace
}  // namespace goldcrest::formats::tflite
