// What is common to the shape rules, and the rules themselves: one for each operator, in a file a
// family. Only InferShapes calls them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "graph/ops.h"
#include "tensor/shape.h"

namespace goldcrest::graph {

// What is known of a value: its elements too, where it is a small integer vector.
struct Facts {
  tensor::DType dtype = tensor::DType::kFloat32;
  tensor::Shape shape;
  std::optional<std::vector<int64_t>> contents;
};

using Inputs = std::span<const Facts* const>;
using Inferred = Result<Facts>;

inline constexpr size_t kMostContents = 32;
// Keeps every product of two dimensions, strides and dilations far from overflow.
inline constexpr int64_t kLargestDimension = std::numeric_limits<int32_t>::max();

Status ExpectInputs(Inputs inputs, size_t least, size_t most);
Status ExpectRank(const char* what, const Facts& facts, size_t rank);
// A vector of `count` elements, one for each channel.
Status ExpectVector(const char* what, const Facts& facts, int64_t count);

// The shape of what makes one number of all along `axes`; infer_shape_operators.cc.
Inferred InferReduction(const std::vector<int64_t>& axes, bool keep_dims, Inputs in);

// infer_layers.cc
Inferred Infer(const Conv2D& op, Inputs in);
Inferred Infer(const DepthwiseConv2D& op, Inputs in);
Inferred Infer(const ConvTranspose2D& op, Inputs in);
Inferred Infer(const FullyConnected& op, Inputs in);
Inferred Infer(const AveragePool2D& op, Inputs in);
Inferred Infer(const MaxPool2D& op, Inputs in);

// infer_elementwise.cc
Inferred Infer(const BatchNorm& op, Inputs in);
Inferred Infer(const Activate& op, Inputs in);
Inferred Infer(const HardSwish& op, Inputs in);
Inferred Infer(const Logistic& op, Inputs in);
Inferred Infer(const Tanh& op, Inputs in);
Inferred Infer(const LeakyRelu& op, Inputs in);
Inferred Infer(const Softmax& op, Inputs in);
Inferred Infer(const Add& op, Inputs in);
Inferred Infer(const Mul& op, Inputs in);
Inferred Infer(const Sub& op, Inputs in);
Inferred Infer(const Div& op, Inputs in);
Inferred Infer(const Maximum& op, Inputs in);
Inferred Infer(const Minimum& op, Inputs in);
Inferred Infer(const Prelu& op, Inputs in);
Inferred Infer(const Math& op, Inputs in);
Inferred Infer(const L2Normalize& op, Inputs in);
Inferred Infer(const Cast& op, Inputs in);
Inferred Infer(const Quantize& op, Inputs in);
Inferred Infer(const Dequantize& op, Inputs in);
Inferred Infer(const FakeQuant& op, Inputs in);
Inferred Infer(const Dropout& op, Inputs in);
Inferred Infer(const TrainingOnly& op, Inputs in);

// infer_shape_operators.cc
Inferred Infer(const Pad& op, Inputs in);
Inferred Infer(const Mean& op, Inputs in);
Inferred Infer(const Reshape& op, Inputs in);
Inferred Infer(const Concatenation& op, Inputs in);
Inferred Infer(const ShapeOf& op, Inputs in);
Inferred Infer(const StridedSlice& op, Inputs in);
Inferred Infer(const Pack& op, Inputs in);

// infer_movement.cc
Inferred Infer(const Transpose& op, Inputs in);
Inferred Infer(const SpaceToDepth& op, Inputs in);
Inferred Infer(const DepthToSpace& op, Inputs in);
Inferred Infer(const SpaceToBatch& op, Inputs in);
Inferred Infer(const BatchToSpace& op, Inputs in);
Inferred Infer(const ResizeBilinear& op, Inputs in);
Inferred Infer(const ResizeNearest& op, Inputs in);

// infer_selection.cc
Inferred Infer(const Reduce& op, Inputs in);
Inferred Infer(const ArgMax& op, Inputs in);
Inferred Infer(const DetectionPostProcess& op, Inputs in);

}  // namespace goldcrest::graph
