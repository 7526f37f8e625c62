// What TensorFlow's slices mean; the expected are NumPy's.
#include "graph/slice_bounds.h"

#include <gtest/gtest.h>

#include "graph/text.h"

namespace goldcrest::graph {
namespace {

std::string Sliced(const SliceBounds& bounds, const tensor::Shape& shape) {
  auto op = SliceOf(bounds, shape);
  return op ? ToText(Op(*op)) : op.error().ToString();
}

TEST(SliceBounds, AreThoseOfEachDimension) {
  // x[1:-1, ::2] of 5 x 7
  EXPECT_EQ(
      Sliced({.begin = {1, 0}, .end = {-1, 0}, .stride = {1, 2}, .begin_mask = 2, .end_mask = 2},
             {5, 7}),
      "strided_slice begin=[1, 0] size=[3, 4] stride=[1, 2]");
  // x[::-1] and x[5:1:-2] of 7
  EXPECT_EQ(Sliced({.begin = {0}, .end = {0}, .stride = {-1}, .begin_mask = 1, .end_mask = 1}, {7}),
            "strided_slice begin=[6] size=[7] stride=[-1]");
  EXPECT_EQ(Sliced({.begin = {5}, .end = {1}, .stride = {-2}}, {7}),
            "strided_slice begin=[5] size=[2] stride=[-2]");
  // x[..., 2] of -1 x 4 x 3
  EXPECT_EQ(Sliced({.begin = {0, 2},
                    .end = {0, 3},
                    .stride = {1, 1},
                    .ellipsis_mask = 1,
                    .shrink_axis_mask = 2},
                   {-1, 4, 3}),
            "strided_slice begin=[0, 0, 2] size=[-1, -1, 1] stride=[1, 1, 1] dropped=[2]");
  // x[-2] of 5 x 2; x[9:3] of 5 is empty; x[1:100:50] of 5
  EXPECT_EQ(Sliced({.begin = {-2}, .end = {0}, .stride = {1}, .shrink_axis_mask = 1}, {5, 2}),
            "strided_slice begin=[3, 0] size=[1, -1] stride=[1, 1] dropped=[0]");
  EXPECT_EQ(Sliced({.begin = {9}, .end = {3}, .stride = {1}}, {5}),
            "strided_slice begin=[0] size=[0] stride=[1]");
  EXPECT_EQ(Sliced({.begin = {1}, .end = {100}, .stride = {50}}, {5}),
            "strided_slice begin=[1] size=[1] stride=[6]");
}

TEST(SliceBounds, WhatDoesNotFitIsAnError) {
  EXPECT_EQ(Sliced({.begin = {0}, .end = {1}, .stride = {0}}, {5}), "has a stride of 0");
  EXPECT_EQ(Sliced({.begin = {0}, .end = {2}, .stride = {1}}, {-1}),
            "a slice of dimension 0, whose size is not known");
  EXPECT_EQ(Sliced({.begin = {5}, .end = {6}, .stride = {1}, .shrink_axis_mask = 1}, {5}),
            "takes element 5 of 5");
  EXPECT_EQ(Sliced({.begin = {0, 0}, .end = {1, 1}, .stride = {1, 1}}, {5}),
            "slices 2 dimensions of 1");
  EXPECT_EQ(Sliced({.begin = {0}, .end = {1}, .stride = {1}, .new_axis_mask = 1}, {5}),
            "a slice with a new axis");
  EXPECT_EQ(Sliced({.begin = {0, 0}, .end = {0, 0}, .stride = {1, 1}, .ellipsis_mask = 3}, {5}),
            "has two ellipses");
  EXPECT_EQ(Sliced({.begin = {0}, .end = {}, .stride = {1}}, {5}),
            "has 1 begins, 0 ends and 1 strides");
}

}  // namespace
}  // namespace goldcrest::graph
