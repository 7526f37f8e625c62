// Class names as Keras turns them into names: DepthwiseConv2D → depthwise_conv2d, ReLU → re_lu.
#pragma once

#include <string>
#include <string_view>

namespace goldcrest::formats::keras {

// Keras' naming.to_snake_case: an underscore before a capital that a small letter follows, then
// between a small letter and a capital.
std::string SnakeCase(std::string_view name);

}  // namespace goldcrest::formats::keras
