#include "tensor/shape.h"

#include <gtest/gtest.h>

namespace goldcrest::tensor {
namespace {

TEST(Shape, IsReadAsUsersWriteIt) {
  auto shapes = ParseShapes("1,160,160,3");
  ASSERT_TRUE(shapes);
  EXPECT_EQ(*shapes, (std::vector<Shape>{{1, 160, 160, 3}}));
  shapes = ParseShapes("7:1,2:3,4,5");
  ASSERT_TRUE(shapes);
  EXPECT_EQ(*shapes, (std::vector<Shape>{{7}, {1, 2}, {3, 4, 5}}));
}

TEST(Shape, WhatIsNoShapeIsRefused) {
  for (const char* text : {"", ",", "1,", ",1", "1,,2", "1:", ":1", "a", "1,2x", "0,1", "-1,2",
                           "1, 2", "99999999999999999999", "1;2", "[1,2]"}) {
    auto shapes = ParseShapes(text);
    ASSERT_FALSE(shapes) << text;
    EXPECT_EQ(shapes.error().code, ErrorCode::kUsage);
    EXPECT_NE(shapes.error().message.find("like 1,160,160,3"), std::string::npos);
  }
}

}  // namespace
}  // namespace goldcrest::tensor
