// The order in which a value of the graph holds the dimensions of a tensor of the file. PyTorch
// has a picture's channels in front (NCHW), the graph has them behind (NHWC).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "tensor/shape.h"

namespace goldcrest::formats::onnx {

// Dimension d of the value is dimension order[d] of the tensor.
using Order = std::vector<size_t>;

Order Straight(size_t rank);  // the tensor's own
Order ChannelsLast();         // of NCHW: NHWC

// The tensor's shape, of the value's; and the reverse.
tensor::Shape InFileOrder(const tensor::Shape& of_value, const Order& order);
tensor::Shape InOrder(const tensor::Shape& of_tensor, const Order& order);

// The order without dimensions of 1, which move nothing wherever they stand.
Order Moving(const Order& order, const tensor::Shape& of_tensor);

// How elements lie that hold a tensor of shape `from` in `order`, once it is read as the shape `to`
// by its elements in the file's order: the moving dimensions of `to`. Nothing where no order of
// dimensions says it: a flattened picture.
std::optional<Order> Regrouped(const tensor::Shape& from, const Order& order,
                               const tensor::Shape& to);

// An order of all dimensions of `of_tensor` in which the moving ones stand as `moving` says: the
// tensor's own where that fits, else that of NHWC.
Order Completed(const Order& moving, const tensor::Shape& of_tensor);

}  // namespace goldcrest::formats::onnx
