// What a name of the file stands for while it is read.
#pragma once

#include <variant>

#include "formats/onnx/array.h"
#include "formats/onnx/order.h"
#include "graph/graph.h"

namespace goldcrest::formats::onnx {

// A value of the graph. It holds the elements of a tensor with its dimensions in `order`; the file
// may know them by another shape of as many elements by now, which is made of it once something
// needs it: most such shapes are only asked for by what takes them back.
struct Placed {
  graph::ValueId id = 0;
  Order order;
  tensor::Shape shape;  // as the file knows it, in its order; -1: not known
  // Integers that have been through DequantizeLinear: they stand for reals.
  bool real = false;
};

using Operand = std::variant<Placed, Array, Integers>;

}  // namespace goldcrest::formats::onnx
