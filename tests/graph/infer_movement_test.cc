// Shapes of operators that move pixels, and what they refuse.
#include <gtest/gtest.h>

#include "graph/text.h"

namespace goldcrest::graph {
namespace {

// The shape of what the operator makes of x, or the error.
std::string Made(const std::string& shape, const std::string& op,
                 const std::string& constants = {}) {
  auto graph = FromText("input %0 \"x\": float32" + shape + "\n" + constants +
                        "%9 \"y\": float32[] = " + op + "\noutput %9\n");
  if (!graph) return graph.error().ToString();
  return tensor::ToString(graph->value(graph->outputs[0]).shape);
}

TEST(InferMovement, Shapes) {
  EXPECT_EQ(Made("[1, 6, 4, 3]", "transpose(%0) permutation=[0, 3, 1, 2]"), "[1, 3, 6, 4]");
  EXPECT_EQ(Made("[-1, 6, 4, 3]", "space_to_depth(%0) block=2"), "[-1, 3, 2, 12]");
  EXPECT_EQ(Made("[-1, 3, 2, 12]", "depth_to_space(%0) block=2"), "[-1, 6, 4, 3]");
  EXPECT_EQ(Made("[2, 5, 4, 3]", "space_to_batch(%0) block_h=3 block_w=2 top=1"), "[12, 2, 2, 3]");
  EXPECT_EQ(Made("[12, 2, 2, 3]", "batch_to_space(%0) block_h=3 block_w=2 top=1"), "[2, 5, 4, 3]");
  EXPECT_EQ(Made("[-1, 5, 4, 3]", "resize_bilinear(%0) height=7 width=9"), "[-1, 7, 9, 3]");
  EXPECT_EQ(Made("[2, 5, 4, 3]", "arg_max(%0) axis=3 dtype=int32"), "[2, 5, 4]");
  EXPECT_EQ(Made("[2, 5, 4, 3]",
                 "strided_slice(%0) begin=[0, 4, 0, 2] size=[-1, 3, 2, 1] "
                 "stride=[1, -2, 1, 1] dropped=[3]"),
            "[2, 3, 2]");
  const std::string filter = "const %1 \"w\": float32[5, 3, 3, 3] = random(1)\n";
  EXPECT_EQ(Made("[2, 5, 4, 3]", "conv_transpose2d(%0, %1) stride_h=2 stride_w=2 height=11 width=9",
                 filter),
            "[2, 11, 9, 5]");
}

TEST(InferMovement, WhatDoesNotFitIsAnError) {
  auto error = [](const std::string& shape, const std::string& op,
                  const std::string& constants = {}) {
    const std::string made = Made(shape, op, constants);
    return made.substr(made.find("› ") + std::string("› ").size());
  };
  EXPECT_EQ(error("[1, 2]", "transpose(%0) permutation=[0, 0]"),
            "is no permutation of 2 dimensions: [0, 0]");
  EXPECT_EQ(error("[1, 2]", "transpose(%0) permutation=[0]"),
            "is no permutation of 2 dimensions: [0]");
  EXPECT_EQ(error("[1, 5, 4, 3]", "space_to_depth(%0) block=2"), "blocks of 2 do not divide 5");
  EXPECT_EQ(error("[1, 5, 4, 3]", "space_to_depth(%0) block=0"), "has a block of 0");
  EXPECT_EQ(error("[1, 5, 4, 3]", "depth_to_space(%0) block=2"), "3 channels are no blocks of 2");
  EXPECT_EQ(error("[5, 5, 4, 3]", "batch_to_space(%0) block_h=2 block_w=2"),
            "a batch of 5 is no 4 pictures each");
  EXPECT_EQ(error("[4, 1, 1, 3]", "batch_to_space(%0) block_h=2 block_w=2 bottom=3"),
            "crops more than there is of [4, 1, 1, 3]");
  EXPECT_EQ(error("[1, 5, 4, 3]", "resize_nearest(%0) height=0 width=3"), "makes a picture of 0");
  EXPECT_EQ(error("[1, 5, 4, 3]", "depth_to_space(%0) block=2147483647"),
            "3 channels are no blocks of 2147483647");
  EXPECT_EQ(error("[4]", "strided_slice(%0) begin=[2] size=[2] stride=[2]"),
            "the slice of 2 from 2 by 2 does not lie within dimension 0 of [4]");
  EXPECT_EQ(error("[4]", "strided_slice(%0) begin=[2] size=[4] stride=[-1]"),
            "the slice of 4 from 2 by -1 does not lie within dimension 0 of [4]");
  EXPECT_EQ(error("[4]", "strided_slice(%0) begin=[2] size=[2] stride=[9223372036854775807]"),
            "the slice of 2 from 2 by 9223372036854775807 does not lie within dimension 0 of [4]");
  EXPECT_EQ(error("[4]", "strided_slice(%0) begin=[0] size=[2] stride=[1] dropped=[0]"),
            "drops dimension 0 of 2");
  EXPECT_EQ(error("[4]", "arg_max(%0) axis=0 dtype=int8"), "makes places of type int8");
  EXPECT_EQ(error("[4]", "arg_max(%0) axis=1"), "the axes are not rising numbers below 1");
  const std::string filter = "const %1 \"w\": float32[5, 3, 3, 3] = random(1)\n";
  EXPECT_EQ(error("[2, 5, 4, 3]",
                  "conv_transpose2d(%0, %1) stride_h=2 stride_w=2 height=13 width=9", filter),
            "pictures of 5 x 4 do not become 13 x 9 with these strides");
  EXPECT_EQ(error("[2, 5, 4, 3]", "conv_transpose2d(%0, %1) stride_h=0 height=13 width=9", filter),
            "has a stride or dilation of 0");
}

}  // namespace
}  // namespace goldcrest::graph
