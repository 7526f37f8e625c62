// A real model that was trained for integers, against what TensorFlow's converter makes of it.
#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/convert.h"
#include "support/read_model.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

constexpr char kTrained[] = "models/mobilenet_v1_0.25_128_quant.frozen_fakequant.pb";
constexpr char kByToco[] = "models/mobilenet_v1_0.25_128_quant.toco_uint8.tf.tflite";

void ExpectEqual(const graph::Value& ours, const graph::Value& theirs) {
  EXPECT_EQ(ours.dtype, theirs.dtype) << ours.name;
  EXPECT_EQ(ours.shape, theirs.shape) << ours.name;
  EXPECT_EQ(ours.quantization.scale, theirs.quantization.scale) << ours.name;
  EXPECT_EQ(ours.quantization.zero_point, theirs.quantization.zero_point) << ours.name;
  ASSERT_EQ(ours.constant.has_value(), theirs.constant.has_value()) << ours.name;
  if (!ours.constant) return;
  EXPECT_TRUE(std::ranges::equal(ours.constant->bytes(), theirs.constant->bytes())) << ours.name;
}

TEST(TrainedModels, EqualTocosFile) {
  REQUIRE_SHARED();
  testing::TemporaryFolder folder;
  ConvertOptions options{.input = testing::SharedFile(kTrained),
                         .output = folder.File("out.tflite")};
  options.inference = {.type = "QUANTIZED_UINT8", .mean_values = {128}, .std_dev_values = {128}};
  const auto report = Convert(options);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_TRUE(report->check.same_best_class);
  const graph::Graph ours = testing::MustRead(options.output);
  const graph::Graph theirs = testing::MustRead(testing::SharedFile(kByToco));
  ASSERT_EQ(ours.nodes.size(), theirs.nodes.size());
  for (size_t i = 0; i < ours.nodes.size(); ++i) {
    const graph::Node& a = ours.nodes[i];
    const graph::Node& b = theirs.nodes[i];
    ASSERT_EQ(graph::NameOf(a.op), graph::NameOf(b.op));
    const size_t layer = std::holds_alternative<graph::Reshape>(a.op) ? 1 : b.inputs.size();
    for (size_t k = 0; k < layer; ++k)
      ExpectEqual(ours.value(a.inputs[k]), theirs.value(b.inputs[k]));
    ExpectEqual(ours.value(a.output), theirs.value(b.output));
  }
}

// Without mean and deviation the input is what its FakeQuant says.
TEST(TrainedModels, ComputeWhatTocosFileDoes) {
  REQUIRE_SHARED();
  testing::TemporaryFolder folder;
  ConvertOptions options{.input = testing::SharedFile(kTrained),
                         .output = folder.File("out.tflite")};
  options.inference.type = "QUANTIZED_UINT8";
  const auto report = Convert(options);
  ASSERT_TRUE(report) << report.error().ToString();
  const tensor::Tensor golden =
      testing::Golden("mobilenet_v1_0.25_128_quant.toco_uint8.tf.npz", "ref");
  const tensor::Tensor inputs = testing::Golden("inputs_224.npz", "u8");
  runtime::Executor executor =
      testing::MustPrepare(testing::MustRead(options.output),
                           {.arithmetic = tensor::Arithmetic::kReference}, base::Isa::kScalar);
  constexpr size_t kSize = 128;
  constexpr size_t kPicture = 224;
  constexpr size_t kOffset = (kPicture - kSize) / 2;
  const size_t classes = executor.output(0).bytes.size();
  for (size_t i = 0; i < static_cast<size_t>(testing::kGoldenInputs); ++i) {
    const std::span<uint8_t> to = executor.input(0).As<uint8_t>();
    for (size_t row = 0; row < kSize; ++row) {
      const size_t at = ((i * kPicture + kOffset + row) * kPicture + kOffset) * 3;
      std::ranges::copy(inputs.view().As<uint8_t>().subspan(at, kSize * 3),
                        to.begin() + static_cast<ptrdiff_t>(row * kSize * 3));
    }
    executor.Run();
    EXPECT_TRUE(std::ranges::equal(executor.output(0).bytes,
                                   golden.view().bytes.subspan(i * classes, classes)))
        << "picture " << i;
  }
}

}  // namespace
}  // namespace goldcrest::pipeline
