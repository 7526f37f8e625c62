// Tensors whose elements are known while a graph is read.
#pragma once

#include <variant>
#include <vector>

#include "base/result.h"
#include "formats/reading/broadcast.h"
#include "formats/reading/budget.h"
#include "formats/reading/integers.h"
#include "graph/graph.h"
#include "graph_def.pb.h"
#include "tensor/shape.h"

namespace goldcrest::formats::tensorflow {

using reading::Budget;
using reading::Floats;
using reading::Integers;
using reading::IsUnknown;
using reading::kUnknown;
using reading::UnknownDimension;

// Constants behind a FakeQuant, which says what integers they will be stored as.
struct RangedFloats {
  Floats floats;
  graph::FakeQuant op;
  std::vector<float> min, max;  // one, or one for each index of the last dimension
};

// What a batch of SpaceToBatchND is read by: nothing but a dilated convolution.
struct SpaceInBatches {};

// What a node makes.
using Operand = std::variant<graph::ValueId, Floats, RangedFloats, Integers, SpaceInBatches>;

// A copy of the tensor.
Result<Operand> DecodeConstant(const proto::TensorProto& tensor, Budget& budget);

// The shape that a message says; dimensions may be -1 where `may_be_unknown`.
Result<tensor::Shape> DecodeShape(const proto::TensorShapeProto& shape, bool may_be_unknown);

}  // namespace goldcrest::formats::tensorflow
