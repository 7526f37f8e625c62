// Whole models on the emulated machine; api/integer_models_test.cc runs on it too.
#include <gtest/gtest.h>

#include <cmath>

#include "api/constants.h"
#include "passes/passes.h"
#include "support/golden_models.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "tensor/difference.h"

namespace goldcrest {
namespace {

using base::Isa;

// As a session prepares it.
graph::Graph Prepared(const std::string& model) {
  graph::Graph graph = testing::MustReadTflite(testing::SharedFile("models/" + model));
  api::PrepareToRun(graph);
  EXPECT_TRUE(passes::Run(graph, {.evaluate = api::ConstantEvaluator()}));
  return graph;
}

// How many steps run on the row of this name.
int64_t Count(const runtime::Executor& executor, std::string_view row) {
  int64_t count = 0;
  for (size_t i = 0; i < executor.step_count(); ++i) count += executor.step(i).kernel == row;
  return count;
}

class EmulatedModels : public ::testing::Test {
 protected:
  void SetUp() override {
    REQUIRE_SHARED();
    if (!base::Covers(base::MachineIsa(), Isa::kAmx)) {
      GTEST_SKIP() << "the emulation needs AVX-512 BF16";
    }
  }
};

// So that what the tests of bytes say is said of these rows.
TEST_F(EmulatedModels, IntegersRunOnTheEmulatedRows) {
  const graph::Graph keras = Prepared("keras_mobilenet_v1_025_224.int8.tf.tflite");
  const graph::Graph coral = Prepared("mobilenet_v1_0.25_128_quant.tflite");
  const graph::Graph v3 = Prepared("keras_mobilenet_v3_small_050_96.int8.tf.tflite");
  const runtime::Executor tiles = testing::MustPrepare(keras, {}, Isa::kAmx);
  EXPECT_GE(Count(tiles, "quantized_conv_32x32_amx"), 10);
  EXPECT_GE(Count(testing::MustPrepare(v3, {}, Isa::kAmx), "quantized_conv_32x32_amx"), 10);
  for (const graph::Graph* graph : {&keras, &coral, &v3}) {
    const runtime::Executor executor = testing::MustPrepare(*graph, {}, Isa::kAvxVnni);
    EXPECT_GE(Count(executor, "quantized_conv_6x16_avxvnni"), 10);
    // Those of coral have weights with a zero point.
    EXPECT_EQ(Count(executor, "quantized_depthwise_avxvnni") > 0, graph != &coral);
  }
}

// Its products are those of AVX-512 BF16, which it adds up in another order.
TEST_F(EmulatedModels, Bfloat16IsAsNearToFloat32AsThatOfVectors) {
  const graph::Graph graph = Prepared("keras_mobilenet_v1_025_224.float.tf.tflite");
  const tensor::Tensor golden = testing::Golden("keras_mobilenet_v1_025_224.float.tf.npz", "ref");
  const runtime::Options options = {.precision = tensor::Precision::kBfloat16};
  runtime::Executor tiles = testing::MustPrepare(graph, options, Isa::kAmx);
  runtime::Executor vectors = testing::MustPrepare(graph, options, Isa::kAvx512Bf16);
  EXPECT_GE(Count(tiles, "conv_bf16_32x32_amx"), 10);
  constexpr int64_t kStep = GOLDCREST_SANITIZED ? 19 : 1;
  double power = 0, noise = 0;  // of all pictures
  int pictures = 0, same_best = 0;
  for (int64_t i = 0; i < testing::kGoldenInputs; i += kStep) {
    const tensor::Tensor input = testing::GoldenInput(i);
    for (runtime::Executor* executor : {&tiles, &vectors}) {
      testing::SetInput(*executor, input.view());
      executor->Run();
    }
    const size_t classes = tiles.output(0).As<float>().size();
    const auto exact = golden.view().As<float>().subspan(static_cast<size_t>(i) * classes, classes);
    for (size_t k = 0; k < classes; ++k) {
      const float y = tiles.output(0).As<float>()[k];
      power += exact[k] * exact[k];
      noise += (y - exact[k]) * (y - exact[k]);
    }
    EXPECT_GT(tensor::Compare(vectors.output(0), tiles.output(0)).sqnr_db, 30) << i;
    ++pictures;
    same_best += tensor::ArgMax(tiles.output(0).As<float>()) == tensor::ArgMax(exact);
  }
  EXPECT_GT(10 * std::log10(power / noise), 20);
  EXPECT_GE(same_best * 10, pictures * 9);
}

}  // namespace
}  // namespace goldcrest
