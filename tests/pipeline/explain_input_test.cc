#include "pipeline/explain_input.h"

#include <gtest/gtest.h>

#include <cmath>

#include "graph/graph.h"
#include "pipeline/model_file.h"
#include "support/shared.h"

namespace goldcrest::pipeline {
namespace {

using testing::SharedFile;

// The picture that the golden inputs begin with; its pixels are the goldens' own.
const std::string kPicture = SharedFile("images/imagenet/024_n01622779.jpg");

InputExplanation MustExplain(const std::string& model, api::ContractFlags flags = {}) {
  auto out = ExplainInput(
      {.model = SharedFile("models/" + model), .picture = kPicture, .contract = std::move(flags)});
  EXPECT_TRUE(out) << out.error().ToString();
  return out ? *out : InputExplanation();
}

std::vector<int> GoldenBytes() {
  tensor::Tensor bytes = testing::Golden("inputs_224.npz", "u8");
  const auto all = bytes.view().As<uint8_t>();
  return {all.begin(), all.begin() + 12};
}

const InputMistake& Named(const InputExplanation& out, const std::string& name) {
  for (const InputMistake& mistake : out.mistakes) {
    if (mistake.name == name) return mistake;
  }
  ADD_FAILURE() << "no mistake " << name;
  return out.mistakes.front();
}

TEST(ExplainInput, OfAFloatModel) {
  REQUIRE_SHARED();
  InputExplanation out = MustExplain("keras_mobilenet_v1_025_224.h5");
  std::vector<std::string> steps;
  for (const InputStep& step : out.steps) steps.push_back(step.name);
  EXPECT_EQ(steps,
            (std::vector<std::string>{"decode", "turn upright", "crop", "resize", "normalize"}));
  EXPECT_EQ(out.steps[0].what, "JPEG");
  EXPECT_EQ(std::min(out.steps[0].width, out.steps[0].height), 256);
  EXPECT_EQ(out.steps[2].width, 224);
  const std::vector<int> bytes = GoldenBytes();
  const auto& mistakes = out.mistakes;
  ASSERT_EQ(mistakes.size(), 4U);
  for (size_t i = 0; i < 12; ++i) {
    const double x = bytes[i];
    EXPECT_EQ(out.steps[2].values.first[i], x);
    EXPECT_EQ(out.steps[3].values.first[i], x);
    const auto real = static_cast<float>(x) / 127.5F - 1.0F;
    EXPECT_EQ(out.steps[4].values.first[i], real);
    EXPECT_EQ(Named(out, "cast before scaling").values.first[i], std::trunc(real));
    EXPECT_NEAR(Named(out, "divided by 255 twice").values.first[i], x / 255 / 127.5 - 1, 1e-6);
    EXPECT_EQ(Named(out, "no normalization").values.first[i], x);
    const size_t other = i / 3 * 3 + 2 - i % 3;
    EXPECT_EQ(Named(out, "red and blue swapped").values.first[i],
              static_cast<float>(bytes[other]) / 127.5F - 1.0F);
  }
  EXPECT_GT(Named(out, "red and blue swapped").mean_difference, 0);
}

TEST(ExplainInput, OfAnIntegerModel) {
  REQUIRE_SHARED();
  const std::string model = "keras_mobilenet_v1_025_224.int8.tf.tflite";
  auto graph = ReadModel(SharedFile("models/" + model));
  ASSERT_TRUE(graph);
  const tensor::Quantization& q = graph->value(graph->inputs[0]).quantization;
  InputExplanation out = MustExplain(model, {.normalize = "tf"});
  const InputStep& last = out.steps.back();
  EXPECT_EQ(last.name, "quantize");
  EXPECT_EQ(last.type, "int8");
  const std::vector<int> bytes = GoldenBytes();
  for (size_t i = 0; i < 12; ++i) {
    const auto real = static_cast<float>(bytes[i]) / 127.5F - 1.0F;
    const double right = std::clamp<double>(
        std::rint(real / q.scale[0]) + static_cast<double>(q.zero_point[0]), -128, 127);
    EXPECT_EQ(last.values.first[i], right);
    EXPECT_EQ(Named(out, "cast before scaling").values.first[i], std::trunc(real));
    // The same bits with the sign's flipped.
    const auto flipped =
        static_cast<int8_t>(static_cast<uint8_t>(static_cast<int8_t>(right)) ^ 0x80);
    EXPECT_EQ(Named(out, "int8 read as uint8").values.first[i], flipped);
    // Beyond the largest real that the input knows, all is 127.
    EXPECT_EQ(Named(out, "no normalization").values.first[i], bytes[i] > 1 ? 127 : -1);
  }
}

// Bytes as they are: leaving the normalization out is no mistake.
TEST(ExplainInput, OfAModelThatTakesBytes) {
  REQUIRE_SHARED();
  InputExplanation out = MustExplain("mobilenet_v1_0.25_128_quant.tflite");
  EXPECT_EQ(out.steps.back().type, "uint8");
  EXPECT_EQ(Named(out, "no normalization").mean_difference, 0);
  EXPECT_GT(Named(out, "uint8 read as int8").mean_difference, 0);
}

}  // namespace
}  // namespace goldcrest::pipeline
