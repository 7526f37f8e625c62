#include "pipeline/odd_ranges.h"

#include <gtest/gtest.h>

#include "support/random.h"
#include "support/run_graph.h"

namespace goldcrest::pipeline {
namespace {

// A model with nothing odd; tests change one thing each.
class OddRanges : public ::testing::Test {
 protected:
  OddRanges()
      : graph_(testing::MustParse(R"(graph "plain"
  input %0 "x": int8[1, 8, 8, 3] scale=0.0078125
  const %1 "w": int8[4, 1, 1, 3] scale=0.01 = {90, -80, 70, 60, -50, 40, 100, 127, -127, 20, 30, 40}
  const %2 "b": int32[4] scale=0.000078125 = {1, 2, 3, 4}
  %3 "a": int8[1, 8, 8, 4] scale=0.0235 zero_point=-128 = conv2d(%0, %1, %2) activation=relu6
  %4 "c": int8[1, 8, 8, 4] scale=0.01 zero_point=-128 = conv2d(%0, %1, %2) activation=relu
  %5 "sum": int8[1, 8, 8, 4] scale=0.03 zero_point=-128 = add(%3, %4)
  output %5
)")) {
    tensor::InputContract contract{.width = 8, .height = 8, .dtype = tensor::DType::kInt8};
    contract.normalization = *tensor::ParseNormalization("tf");
    contract.scale = 0.0078125;
    graph_.metadata.input_contract = contract;
  }

  void SetScale(graph::ValueId id, float scale, int64_t zero_point) {
    graph_.value(id).quantization = {{scale}, {zero_point}};
  }
  void ExpectOne(const std::string& part) {
    const std::vector<std::string> odd = FindOddRanges(graph_);
    ASSERT_EQ(odd.size(), 1U);
    EXPECT_NE(odd[0].find(part), std::string::npos) << odd[0];
  }

  graph::Graph graph_;
};

TEST_F(OddRanges, NothingIsSaidOfPlainModels) { EXPECT_TRUE(FindOddRanges(graph_).empty()); }

TEST_F(OddRanges, InputOfOtherNumbersThanPictures) {
  SetScale(0, 0.0625F, 0);
  graph_.metadata.input_contract->scale = 0.0625;
  ExpectOne("span -8.000 to 7.938, but pictures are -1.000 to 1.000");
  // Bytes as they are, whatever they stand for.
  graph_.metadata.input_contract->scale = 1;
  EXPECT_TRUE(FindOddRanges(graph_).empty());
}

TEST_F(OddRanges, ChannelsThatUseFewSteps) {
  graph_.value(1).constant = tensor::SharedBytes::Copy<int8_t>(
      std::vector<int8_t>{127, 127, 127, 3, -2, 1, 7, 7, 7, 0, 0, 0});
  ExpectOne("most of 'w' (2 channels)");
  graph_.value(1).quantization = {{1, 2, 3, 4}, {0, 0, 0, 0}};
  EXPECT_TRUE(FindOddRanges(graph_).empty());
}

TEST_F(OddRanges, RangesBeyondTheActivation) {
  SetScale(3, 0.05F, -128);
  ExpectOne("the integers of 'a' span 0.000 to 12.750, and its relu6 leaves much of that empty");
  SetScale(3, 0.0235F, -128);
  SetScale(4, 0.02F, 0);
  ExpectOne("'c' span -2.560 to 2.540, and its relu");
}

TEST_F(OddRanges, SizesThatNoPictureMakes) {
  SetScale(5, 1000, -128);
  ExpectOne("the integers of 'sum' span 0 to 255000");
  SetScale(5, 1e-9F, -128);
  ExpectOne("the integers of 'sum' span 0 to ");
}

TEST_F(OddRanges, AdditionsThatLoseOneSide) {
  SetScale(4, 0.0001F, -128);
  ExpectOne("of the smaller little is left");
}

TEST(ScaleSpread, IsTheLargestByTheSmallest) {
  EXPECT_EQ(ScaleSpread({}), 1);
  EXPECT_EQ(ScaleSpread({{0.5F}, {0}}), 1);
  EXPECT_EQ(ScaleSpread({{0.5F, 2, 1}, {0, 0, 0}}), 4);
}

}  // namespace
}  // namespace goldcrest::pipeline
