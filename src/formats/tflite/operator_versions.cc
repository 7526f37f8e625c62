// The numbers are those of TensorFlow Lite's table of versions.
#include "formats/tflite/operator_versions.h"

#include "graph/layer_types.h"

namespace goldcrest::formats::tflite {
namespace {

using graph::LayerArithmetic;
using tensor::DType;

struct Operands {
  const graph::Graph& graph;
  const graph::Node& node;

  const graph::Value& in(size_t i) const { return graph.value(node.inputs[i]); }
  const graph::Value& out() const { return graph.value(node.output); }
  DType type() const { return in(0).dtype; }
  bool per_channel() const { return in(1).quantization.per_channel(); }
  // Of a verified layer.
  LayerArithmetic arithmetic() const {
    return graph::LayerArithmeticOf(in(0).dtype, in(1).dtype, std::nullopt)
        .value_or(LayerArithmetic::kFloat);
  }
  float Scale(const graph::Value& value) const {
    return value.quantization.empty() ? 0 : value.quantization.scale[0];
  }
};

template <class Op>
int Version(const Op&, const Operands& operands) {
  return VersionByType(operands.type());
}

int Version(const graph::Conv2D&, const Operands& operands) {
  switch (operands.arithmetic()) {
    case LayerArithmetic::kHybrid:
      return operands.per_channel() ? 5 : 2;
    case LayerArithmetic::kInt8:
      return 3;
    case LayerArithmetic::kInt16x8:
      return 8;  // states the type of its bias
    default:
      return 1;
  }
}

int Version(const graph::DepthwiseConv2D& op, const Operands& operands) {
  switch (operands.arithmetic()) {
    case LayerArithmetic::kHybrid:
      return operands.per_channel() ? 6 : 4;
    case LayerArithmetic::kInt8:
    case LayerArithmetic::kInt16x8:
      return 3;
    default:
      return op.dilation_h > 1 || op.dilation_w > 1 ? 2 : 1;
  }
}

int Version(const graph::FullyConnected& op, const Operands& operands) {
  const LayerArithmetic arithmetic = operands.arithmetic();
  const bool hybrid = arithmetic == LayerArithmetic::kHybrid;
  if (hybrid && operands.per_channel()) return 12;
  if (arithmetic == LayerArithmetic::kInt16x8) return 11;  // states the type of its bias
  if (hybrid && op.asymmetric_inputs) return 9;
  if (operands.in(0).shape.size() > 2) return 5;  // keeps its dimensions
  if (arithmetic == LayerArithmetic::kInt8) return 4;
  return hybrid ? 3 : 1;
}

int Version(const graph::Add&, const Operands& operands) { return VersionByType(operands.type()); }

int Version(const graph::Mul&, const Operands& operands) {
  if (operands.type() == DType::kInt16) return 4;
  float product = operands.Scale(operands.in(0)) * operands.Scale(operands.in(1));
  if (product > 0 && product >= operands.Scale(operands.out())) return 3;
  return VersionByType(operands.type());
}

int Version(const graph::Activate& op, const Operands& operands) {
  bool relu = op.activation == graph::Activation::kRelu;
  return relu && operands.type() == DType::kUInt8 ? 2 : VersionByType(operands.type());
}

int Version(const graph::LeakyRelu&, const Operands& operands) {
  return operands.type() == DType::kInt16 ? 2 : 1;
}

int Version(const graph::ConvTranspose2D& op, const Operands& operands) {
  if (op.activation != graph::Activation::kNone) return 4;
  if (operands.node.inputs.size() == 3) return 3;
  return operands.type() == DType::kInt8 ? 2 : 1;
}

int Version(const graph::ResizeBilinear& op, const Operands& operands) {
  if (operands.type() == DType::kInt16) return 4;
  return op.half_pixel_centers ? 3 : VersionByType(operands.type());
}

int Version(const graph::ResizeNearest& op, const Operands& operands) {
  if (operands.type() == DType::kInt16) return 4;
  const bool centered = op.half_pixel_centers || op.align_corners;
  return centered ? 3 : VersionByType(operands.type());
}

int Version(const graph::Transpose& op, const Operands& operands) {
  if (op.permutation.size() > 5) return 6;
  if (operands.type() == DType::kInt16) return 5;
  return op.permutation.size() > 4 ? 4 : VersionByType(operands.type());
}

int Version(const graph::StridedSlice& op, const Operands& operands) {
  if (op.begin.size() > 4 || operands.type() == DType::kInt16) return 4;
  return VersionByType(operands.type());
}

// Of int16 one more than of others.
int FourOfInt16(const Operands& operands) {
  return operands.type() == DType::kInt16 ? 4 : VersionByType(operands.type());
}
int Version(const graph::Maximum&, const Operands& operands) { return FourOfInt16(operands); }
int Version(const graph::Minimum&, const Operands& operands) { return FourOfInt16(operands); }
int Version(const graph::SpaceToBatch&, const Operands& operands) { return FourOfInt16(operands); }
int Version(const graph::BatchToSpace&, const Operands& operands) { return FourOfInt16(operands); }

int Version(const graph::Sub&, const Operands& operands) {
  return operands.type() == DType::kInt16 ? 5 : VersionByType(operands.type());
}

int Version(const graph::Quantize& op, const Operands& operands) {
  if (operands.out().quantization.per_channel()) return 3;
  return op.dtype == DType::kInt16 ? 2 : 1;
}

int Version(const graph::Dequantize&, const Operands& operands) {
  if (operands.type() == DType::kFloat16) return 3;
  if (operands.type() == DType::kInt8 && operands.in(0).quantization.per_channel()) return 5;
  return VersionByType(operands.type());
}

int Version(const graph::FakeQuant& op, const Operands&) { return op.narrow_range ? 2 : 1; }
int Version(const graph::HardSwish&, const Operands&) { return 1; }
// These do not look at the elements.
int Version(const graph::Reshape&, const Operands&) { return 1; }
int Version(const graph::ShapeOf&, const Operands&) { return 1; }
int Version(const graph::DepthToSpace&, const Operands&) { return 1; }
int Version(const graph::Prelu&, const Operands&) { return 1; }
int Version(const graph::Math&, const Operands&) { return 1; }
int Version(const graph::Div&, const Operands&) { return 1; }
int Version(const graph::Cast&, const Operands&) { return 1; }
int Version(const graph::Pack&, const Operands&) { return 1; }

}  // namespace

int OperatorVersion(const graph::Graph& graph, const graph::Node& node) {
  return std::visit([&](const auto& op) { return Version(op, Operands{graph, node}); }, node.op);
}

int VersionByType(DType dtype) {
  if (dtype == DType::kInt16) return 3;
  return dtype == DType::kInt8 ? 2 : 1;
}

}  // namespace goldcrest::formats::tflite
