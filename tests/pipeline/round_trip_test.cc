// A model goes from format to format and keeps its outputs.
#include <gtest/gtest.h>

#include "base/check.h"
#include "graph/text.h"
#include "passes/passes.h"
#include "pipeline/model_file.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/small_graphs.h"
#include "support/temporary.h"
#include "tensor/difference.h"

namespace goldcrest::pipeline {
namespace {

using testing::TemporaryFolder;

graph::Graph WrittenAndRead(const graph::Graph& graph, const TemporaryFolder& folder,
                            const std::string& name) {
  std::vector<std::string> notes;
  const std::string path = folder.File(name);
  auto adapted = AdaptToFormat(graph, path, {}, notes);
  if (!adapted) ADD_FAILURE() << adapted.error().ToString();
  auto bytes = EncodeModel(*adapted, path);
  if (!bytes) ADD_FAILURE() << bytes.error().ToString();
  auto back = ReadModel(folder.Write(name, base::AsText(*bytes)));
  if (!back) ADD_FAILURE() << back.error().ToString();
  GOLDCREST_CHECK(back.has_value());
  return std::move(*back);
}

void ExpectRoundTrip(const graph::Graph& graph, float tolerance) {
  TemporaryFolder folder;
  const std::vector<float> expected = testing::RunOnNoise(graph, 7);
  const graph::Graph lite = WrittenAndRead(graph, folder, "m.tflite");
  const graph::Graph onnx = WrittenAndRead(lite, folder, "m.onnx");
  const graph::Graph again = WrittenAndRead(onnx, folder, "again.tflite");
  for (const graph::Graph* each : {&lite, &onnx, &again}) {
    const std::vector<float> got = testing::RunOnNoise(*each, 7);
    ASSERT_EQ(got.size(), expected.size());
    float scale = 0;
    for (float x : expected) scale = std::max(scale, std::abs(x));
    for (size_t i = 0; i < got.size(); ++i) {
      ASSERT_NEAR(got[i], expected[i], tolerance * scale) << i << "\n" << graph::ToText(*each);
    }
  }
}

TEST(RoundTrip, SmallGraphsKeepTheirOutputs) {
  ExpectRoundTrip(testing::MustParse(testing::SmallGraphText()), 1e-5F);
}

// Integers inside, reals outside.
TEST(RoundTrip, IntegersKeepTheirSteps) {
  ExpectRoundTrip(testing::MustParse(R"(
    input %0 "x": float32[1, 9, 8, 3]
    const %1 "w": int8[4, 3, 3, 3] scale=[0.5, 0.25, 1, 2] = random(1)
    const %2 "b": int32[4] scale=[0.00390625, 0.001953125, 0.0078125, 0.015625] = random(2)
    const %3 "d": int8[1, 3, 3, 4] scale=[1, 2, 3, 4] axis=3 = random(3)
    const %4 "f": int8[5, 4] scale=0.125 = random(4)
    %5 "q": int8[1, 9, 8, 3] scale=0.0078125 = quantize(%0)
    %6 "conv": int8[1, 5, 4, 4] scale=0.1 zero_point=-3 = conv2d(%5, %1, %2) stride_h=2 stride_w=2 padding=same
    %7 "depthwise": int8[1, 5, 4, 4] scale=0.5 zero_point=5 = depthwise_conv2d(%6, %3) padding=same
    %8 "mean": int8[1, 4] scale=0.2 = mean(%7) axes=[1, 2]
    %9 "dense": int8[1, 5] scale=0.3 = fully_connected(%8, %4)
    %10 "real": float32[1, 5] = dequantize(%9)
    output %10)"),
                  1e-6F);
}

TEST(RoundTrip, RealModelsKeepTheirOutputs) {
  REQUIRE_SHARED();
  for (const char* name :
       {"keras_mobilenet_v1_025_224.h5", "keras_mobilenet_v2_100_224.h5",
        "keras_mobilenet_v3_small_050_96.keras", "vww_96_float.tflite", "pretrainedResnet.tflite",
        "keras_mobilenet_v1_025_224.frozen_tf1.pb", "keras_mobilenet_v1_025_224.savedmodel"}) {
    SCOPED_TRACE(name);
    auto graph = ReadModel(testing::SharedFile(std::string("models/") + name));
    ASSERT_TRUE(graph) << graph.error().ToString();
    ASSERT_TRUE(passes::Run(*graph, {}));  // what is for training only has no other form
    ExpectRoundTrip(*graph, 1e-4F);
  }
}

}  // namespace
}  // namespace goldcrest::pipeline
