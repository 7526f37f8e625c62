// goldcrest_quantized_operators FOLDER FIRST COUNT: random models of one operator on integers (of
// dynamic range: layers of float32 with integer weights) each,
// FOLDER/<operator>_<seed>.tflite, those of float32 real_<operator>_<seed>.tflite, for COUNT seeds
// from FIRST. Types, shapes, scales, zero points (both ends of their range among them), activations
// and broadcasts are drawn, within what LiteRT takes.
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "base/file.h"
#include "base/strings.h"
#include "graph/infer.h"
#include "pipeline/model_file.h"
#include "support/random.h"

namespace goldcrest {
namespace {

using graph::Activation;
using graph::ValueId;
using tensor::DType;
using tensor::Shape;

class Maker {
 public:
  // Of models of float32 where `reals` is set: every type drawn is that.
  explicit Maker(uint64_t seed, bool reals = false) : random_(seed), reals_(reals) {}

  bool Chance(int percent) { return random_.Integer(1, 100) <= percent; }
  int64_t Integer(int64_t low, int64_t high) { return random_.Integer(low, high); }
  template <class T>
  T OneOf(std::initializer_list<T> all) {
    return all.begin()[random_.Integer(0, static_cast<int64_t>(all.size()) - 1)];
  }
  // 2^e for e drawn from [low, high); one in eight is a power of two.
  float Scale(double low, double high) {
    const double e = low + (high - low) * (random_.Float() + 1) / 2;
    return static_cast<float>(std::exp2(Chance(12) ? std::floor(e) : e));
  }
  Activation AnyActivation() {
    return OneOf({Activation::kNone, Activation::kNone, Activation::kRelu, Activation::kRelu6});
  }
  DType AnyType() {
    return reals_ ? DType::kFloat32 : OneOf({DType::kInt8, DType::kUInt8, DType::kInt16});
  }
  DType ByteType() { return reals_ ? DType::kFloat32 : OneOf({DType::kInt8, DType::kUInt8}); }
  // Of int16, 0; else one end of the type, or anything between.
  int64_t ZeroPoint(DType dtype) {
    if (dtype == DType::kInt16) return 0;
    const int64_t low = dtype == DType::kInt8 ? -128 : 0;
    return OneOf({low, low + 255, low + 128, Integer(low, low + 255), Integer(low, low + 255)});
  }
  tensor::Quantization Quantization(DType dtype, float scale) {
    if (dtype == DType::kFloat32) return {};
    return {{scale}, {ZeroPoint(dtype)}, 0};
  }
  // A scale such that the whole range of a type is about `reach`.
  static float ScaleOf(DType dtype, float reach) {
    return reach / (dtype == DType::kInt16 ? 32768.0F : 128.0F);
  }
  // Three dimensions of up to `most`, and channels around the width of vectors.
  Shape Picture(int64_t most) {
    return {Integer(1, 2), Integer(1, most), Integer(1, most),
            OneOf({int64_t{1}, int64_t{16}, int64_t{64}, Integer(1, 40), Integer(1, 140)})};
  }

  ValueId Input(DType dtype, Shape shape, tensor::Quantization quantization) {
    const ValueId id = graph_.AddValue({.name = base::Cat("input_", graph_.inputs.size()),
                                        .dtype = dtype,
                                        .shape = std::move(shape),
                                        .quantization = std::move(quantization)});
    graph_.inputs.push_back(id);
    return id;
  }
  template <class T>
  ValueId Constant(DType dtype, const Shape& shape, int64_t low, int64_t high,
                   tensor::Quantization quantization) {
    std::vector<T> elements;
    for (int64_t i = 0; i < tensor::ElementCount(shape).value(); ++i) {
      elements.push_back(static_cast<T>(Integer(low, high)));
    }
    return graph_.AddValue({.name = base::Cat("constant_", graph_.values.size()),
                            .dtype = dtype,
                            .shape = shape,
                            .quantization = std::move(quantization),
                            .constant = tensor::SharedBytes::Copy<T>(elements)});
  }
  // The operator, whose result is the graph's.
  graph::Graph Finish(graph::Op op, std::vector<ValueId> inputs, tensor::Quantization result) {
    graph_.name = "quantized";
    const ValueId id = graph_.AddNode(std::move(op), std::move(inputs), "output");
    graph_.value(id).quantization = std::move(result);
    GOLDCREST_CHECK(graph::InferShapes(graph_).has_value());
    graph_.outputs = {id};
    return std::move(graph_);
  }

  // With several results.
  graph::Graph FinishWith(std::vector<ValueId> outputs) {
    graph_.name = "quantized";
    GOLDCREST_CHECK(graph::InferShapes(graph_).has_value());
    graph_.outputs = std::move(outputs);
    return std::move(graph_);
  }
  graph::Graph& graph() { return graph_; }

 private:
  testing::Random random_;
  bool reals_;
  graph::Graph graph_;
};

// Two operands, the second of which may lack dimensions; the operands in either order.
template <class Op>
graph::Graph Elementwise(Maker& m) {
  const DType dtype = m.AnyType();
  // Some so large that halves of what is rounded come up.
  const Shape shape = m.Chance(5) ? Shape{1, 32, 32, m.Integer(60, 130)} : m.Picture(5);
  Shape other = shape;
  if (m.Chance(60)) {
    for (int64_t& size : other) size = m.Chance(50) ? size : 1;
    other.erase(other.begin(), other.begin() + m.Integer(0, 4));
  }
  const float a = Maker::ScaleOf(dtype, m.Scale(-2, 6));
  const float b = Maker::ScaleOf(dtype, m.Scale(-2, 6));
  const bool product = std::is_same_v<Op, graph::Mul>;
  float largest = std::max(a, b);
  if (product) largest = a * b * (dtype == DType::kInt16 ? 32768 : 128);
  // Scales that XNNPACK leaves to LiteRT are among them. Results that need more than 16 bits before
  // they are clamped are not: LiteRT's vectors of uint8 wrap there.
  const float y = largest * m.Scale(m.Chance(10) ? -5 : -2, m.Chance(10) ? 12 : 2);
  const ValueId first = m.Input(dtype, shape, m.Quantization(dtype, a));
  const ValueId second = m.Input(dtype, other, m.Quantization(dtype, b));
  return m.Finish(Op{m.AnyActivation()}, {first, second}, m.Quantization(dtype, y));
}

template <class Op>
graph::Graph Pool(Maker& m) {
  const DType dtype = m.AnyType();
  const Shape shape = m.Picture(9);
  Op op;
  op.padding.kind = m.OneOf({graph::PaddingKind::kValid, graph::PaddingKind::kSame});
  op.filter_h = m.Integer(1, m.Chance(30) ? shape[1] : std::min<int64_t>(shape[1], 3));
  op.filter_w = m.Integer(1, m.Chance(30) ? shape[2] : std::min<int64_t>(shape[2], 3));
  op.stride_h = m.Integer(1, 3);
  op.stride_w = m.Integer(1, 3);
  op.activation = m.AnyActivation();
  const auto quantization = m.Quantization(dtype, Maker::ScaleOf(dtype, m.Scale(-2, 6)));
  return m.Finish(op, {m.Input(dtype, shape, quantization)}, quantization);
}

graph::Graph Mean(Maker& m) {
  const DType dtype = m.AnyType();
  const Shape shape = m.Picture(9);
  graph::Mean op;
  op.axes = m.OneOf<std::vector<int64_t>>({{1, 2}, {1, 2}, {1, 2}, {1}, {2}, {3}, {2, 3}, {0, 1}});
  op.keep_dims = m.Chance(60);
  const float x = Maker::ScaleOf(dtype, m.Scale(-2, 6));
  // Factors that make ties are among them.
  const float y = m.Chance(50) ? x * m.Scale(-4, 1) : x / m.OneOf({1.0F, 1.5F, 2.5F, 3.0F});
  return m.Finish(op, {m.Input(dtype, shape, m.Quantization(dtype, x))}, m.Quantization(dtype, y));
}

graph::Graph Softmax(Maker& m) {
  const DType dtype = m.AnyType();
  const bool wide = dtype == DType::kInt16;
  const float x = Maker::ScaleOf(dtype, m.Scale(-2, 7));
  const int64_t zero = dtype == DType::kInt8 ? -128 : 0;
  const ValueId input =
      m.Input(dtype, {m.Integer(1, 4), m.Integer(1, 500)}, m.Quantization(dtype, x));
  return m.Finish(graph::Softmax{m.OneOf({1.0, 1.0, 0.5, 2.0})}, {input},
                  {{wide ? 1.0F / 32768 : 1.0F / 256}, {zero}, 0});
}

// A function of one operand, whose result may have any scale.
graph::Graph Function(Maker& m, graph::Op op, DType dtype) {
  const float x = Maker::ScaleOf(dtype, m.Scale(-2, 6));
  const ValueId input = m.Input(dtype, m.Picture(9), m.Quantization(dtype, x));
  return m.Finish(std::move(op), {input}, m.Quantization(dtype, x * m.Scale(-2, 3)));
}

graph::Graph Activate(Maker& m) {
  const DType dtype = m.AnyType();
  return Function(m, graph::Activate{m.OneOf({Activation::kRelu, Activation::kRelu6})}, dtype);
}

graph::Graph LeakyRelu(Maker& m) {
  const DType dtype = m.AnyType();
  return Function(m, graph::LeakyRelu{m.OneOf({0.01, 0.1, 0.2, 0.3, 0.5, 1.5, 0.001})}, dtype);
}

graph::Graph HardSwish(Maker& m) {
  const DType dtype = m.OneOf({DType::kInt8, DType::kUInt8});
  return Function(m, graph::HardSwish(), dtype);
}

// Logistic and tanh, whose int16 results have one scale.
graph::Graph Sigmoid(Maker& m, graph::Op op, float scale, int64_t zero) {
  const DType dtype = m.AnyType();
  const float x = Maker::ScaleOf(dtype, m.Scale(1, 5));
  const ValueId input = m.Input(dtype, m.Picture(9), m.Quantization(dtype, x));
  if (dtype == DType::kInt16) return m.Finish(std::move(op), {input}, {{1.0F / 32768}, {0}, 0});
  if (dtype == DType::kUInt8) zero += 128;
  return m.Finish(std::move(op), {input}, {{scale}, {zero}, 0});
}
graph::Graph Logistic(Maker& m) { return Sigmoid(m, graph::Logistic(), 1.0F / 256, -128); }
graph::Graph Tanh(Maker& m) { return Sigmoid(m, graph::Tanh(), 1.0F / 128, 0); }

graph::Graph Quantize(Maker& m) {
  const DType from = m.AnyType();
  const DType to = from == DType::kInt16 ? m.OneOf({DType::kInt8, DType::kInt16}) : m.AnyType();
  const float reach = m.Scale(-2, 6);
  const ValueId input =
      m.Input(from, m.Picture(9), m.Quantization(from, Maker::ScaleOf(from, reach)));
  const float y = Maker::ScaleOf(to, reach * (m.Chance(30) ? 1 : m.Scale(-2, 2)));
  return m.Finish(graph::Quantize{to}, {input}, m.Quantization(to, y));
}

// A layer with weights of this shape, whose `axis` counts output channels; each result is a sum of
// `terms` products.
graph::Graph Layer(Maker& m, graph::Op op, DType dtype, const Shape& x, const Shape& filter,
                   int axis, int64_t terms) {
  const int64_t channels = filter[static_cast<size_t>(axis)];
  if (dtype == DType::kFloat32) {
    std::vector<ValueId> inputs = {m.Input(dtype, x, {}),
                                   m.Constant<float>(dtype, filter, -3, 3, {})};
    if (m.Chance(80)) inputs.push_back(m.Constant<float>(dtype, {channels}, -3, 3, {}));
    return m.Finish(std::move(op), std::move(inputs), {});
  }
  const bool wide = dtype == DType::kInt16;
  const bool legacy = dtype == DType::kUInt8;
  const float x_scale = Maker::ScaleOf(dtype, m.Scale(-2, 6));
  tensor::Quantization weights{.scale = {m.Scale(-10, -4)}, .zero_point = {0}, .axis = 0};
  if (legacy) weights.zero_point = {m.Integer(0, 255)};
  const bool one_scale = legacy || m.Chance(30);
  while (!one_scale && std::ssize(weights.scale) < channels) {
    weights.scale.push_back(weights.scale[0] * m.Scale(-3, 1));
    weights.zero_point.push_back(0);
    weights.axis = axis;
  }
  tensor::Quantization bias = weights;
  bias.axis = 0;
  for (float& scale : bias.scale) scale *= x_scale;
  bias.zero_point.assign(bias.scale.size(), 0);
  // About as large as a sum of numbers of both signs is, so that few results are clamped.
  const double sum = std::sqrt(static_cast<double>(terms)) * 74 * (wide ? 19000 : 74);
  const float y = bias.scale[0] * static_cast<float>(sum) * m.Scale(-1, 3) / (wide ? 32768 : 128);
  std::vector<ValueId> inputs = {
      m.Input(dtype, x, m.Quantization(dtype, x_scale)),
      legacy ? m.Constant<uint8_t>(DType::kUInt8, filter, 0, 255, weights)
             : m.Constant<int8_t>(DType::kInt8, filter, -127, 127, weights)};
  const auto reach = static_cast<int64_t>(sum);
  if (m.Chance(80)) {
    inputs.push_back(wide ? m.Constant<int64_t>(DType::kInt64, {channels}, -reach, reach, bias)
                          : m.Constant<int32_t>(DType::kInt32, {channels}, -reach, reach, bias));
  }
  return m.Finish(std::move(op), std::move(inputs), m.Quantization(dtype, y));
}

// Windows of up to 5 x 5, one in three 1 x 1, within the picture also where taps lie apart.
template <class Op>
Op Window(Maker& m, const Shape& x, int64_t& height, int64_t& width) {
  Op op;
  const bool point = m.Chance(33);
  height = point ? 1 : m.Integer(1, std::min<int64_t>(x[1], 5));
  width = point ? 1 : m.Integer(1, std::min<int64_t>(x[2], 5));
  op.stride_h = m.Integer(1, 3);
  op.stride_w = m.Chance(70) ? op.stride_h : m.Integer(1, 3);
  if (m.Chance(20)) {
    op.stride_h = op.stride_w = 1;
    op.dilation_h = m.Integer(1, height > 1 ? (x[1] - 1) / (height - 1) : 2);
    op.dilation_w = m.Integer(1, width > 1 ? (x[2] - 1) / (width - 1) : 2);
  }
  op.padding.kind = m.OneOf({graph::PaddingKind::kValid, graph::PaddingKind::kSame});
  op.activation = m.AnyActivation();
  return op;
}

graph::Graph Convolution(Maker& m) {
  const DType dtype = m.AnyType();
  const Shape x = m.Picture(9);
  int64_t height = 0, width = 0;
  const auto op = Window<graph::Conv2D>(m, x, height, width);
  const int64_t channels = m.OneOf({int64_t{1}, int64_t{16}, m.Integer(1, 20), m.Integer(1, 70)});
  return Layer(m, op, dtype, x, {channels, height, width, x[3]}, 0, height * width * x[3]);
}

graph::Graph Depthwise(Maker& m) {
  const DType dtype = m.AnyType();
  const Shape x = m.Picture(12);
  int64_t height = 0, width = 0;
  const auto op = Window<graph::DepthwiseConv2D>(m, x, height, width);
  const int64_t multiplier = m.Chance(75) ? 1 : m.Integer(2, 4);
  return Layer(m, op, dtype, x, {1, height, width, x[3] * multiplier}, 3, height * width);
}

graph::Graph FullyConnected(Maker& m) {
  const DType dtype = m.AnyType();
  const Shape x = {m.Integer(1, 4), m.OneOf({m.Integer(1, 40), m.Integer(1, 300)})};
  const int64_t channels = m.OneOf({int64_t{1}, int64_t{16}, m.Integer(1, 20), m.Integer(1, 140)});
  return Layer(m, graph::FullyConnected{.activation = m.AnyActivation()}, dtype, x,
               {channels, x[1]}, 0, x[1]);
}

// The same layer, of dynamic range: of float32 but for the weights.
graph::Graph OfReals(Maker& m, graph::Op op, const Shape& x, const Shape& filter, int axis,
                     bool one_scale) {
  const int64_t channels = filter[static_cast<size_t>(axis)];
  tensor::Quantization weights{.scale = {m.Scale(-10, -4)}, .zero_point = {0}, .axis = 0};
  while (!one_scale && std::ssize(weights.scale) < channels) {
    weights.scale.push_back(weights.scale[0] * m.Scale(-3, 1));
    weights.zero_point.push_back(0);
    weights.axis = axis;
  }
  std::vector<ValueId> inputs = {m.Input(DType::kFloat32, x, {}),
                                 m.Constant<int8_t>(DType::kInt8, filter, -127, 127, weights)};
  inputs.push_back(m.Constant<float>(DType::kFloat32, {channels}, -3, 3, {}));
  return m.Finish(std::move(op), std::move(inputs), {});
}

graph::Graph RealConvolution(Maker& m) {
  const Shape x = m.Picture(9);
  int64_t height = 0, width = 0;
  const auto op = Window<graph::Conv2D>(m, x, height, width);
  const int64_t channels = m.OneOf({int64_t{2}, int64_t{16}, m.Integer(2, 20), m.Integer(2, 70)});
  return OfReals(m, op, x, {channels, height, width, x[3]}, 0, m.Chance(20));
}

graph::Graph RealDepthwise(Maker& m) {
  Shape x = m.Picture(12);
  x[3] += 1;
  int64_t height = 0, width = 0;
  const auto op = Window<graph::DepthwiseConv2D>(m, x, height, width);
  const int64_t multiplier = m.Chance(75) ? 1 : m.Integer(2, 4);
  return OfReals(m, op, x, {1, height, width, x[3] * multiplier}, 3, false);
}

graph::Graph RealFullyConnected(Maker& m) {
  const Shape x = {m.Integer(1, 4), m.OneOf({m.Integer(1, 40), m.Integer(1, 300)})};
  const int64_t channels = m.OneOf({int64_t{2}, int64_t{16}, m.Integer(2, 20), m.Integer(2, 140)});
  const graph::FullyConnected op{.activation = m.AnyActivation(),
                                 .asymmetric_inputs = m.Chance(70)};
  return OfReals(m, op, x, {channels, x[1]}, 0, m.Chance(30));
}

// Weights OHWI; each result is a sum of about as many products as a window has in a result.
graph::Graph TransposedConvolution(Maker& m) {
  const DType dtype = m.AnyType();
  Shape x = m.Picture(7);
  x[3] = m.Integer(1, 40);
  graph::ConvTranspose2D op;
  op.stride_h = m.Integer(1, 3);
  op.stride_w = m.Chance(70) ? op.stride_h : m.Integer(1, 3);
  const int64_t height = m.Integer(1, 4), width = m.Integer(1, 4);
  op.padding.kind = m.OneOf({graph::PaddingKind::kValid, graph::PaddingKind::kSame});
  const bool same = op.padding.kind == graph::PaddingKind::kSame;
  auto size = [&](int64_t in, int64_t kernel, int64_t stride) {
    // What a convolution makes the input of: any of `stride` sizes.
    if (same) return in * stride - m.Integer(0, stride - 1);
    return (in - 1) * stride + kernel + m.Integer(0, stride - 1);
  };
  op.height = size(x[1], height, op.stride_h);
  op.width = size(x[2], width, op.stride_w);
  const int64_t channels = m.OneOf({int64_t{1}, int64_t{16}, m.Integer(1, 20)});
  return Layer(m, op, dtype, x, {channels, height, width, x[3]}, 0,
               std::max<int64_t>(height * width * x[3] / (op.stride_h * op.stride_w), 1));
}

template <class Op>
graph::Graph Resize(Maker& m) {
  const DType dtype = m.AnyType();
  Shape x = m.Picture(9);
  x[3] = m.Integer(1, 40);
  Op op;
  op.height = m.OneOf({x[1] * 2, m.Integer(1, 20)});
  op.width = m.OneOf({x[2] * 2, m.Integer(1, 20)});
  // Of both at once, only what is read.
  op.align_corners = m.Chance(40);
  op.half_pixel_centers = !op.align_corners && m.Chance(60);
  const auto quantization = m.Quantization(dtype, Maker::ScaleOf(dtype, m.Scale(-2, 6)));
  return m.Finish(op, {m.Input(dtype, x, quantization)}, quantization);
}

// What moves elements: the result has the operand's scale.
graph::Graph Moved(Maker& m, graph::Op op, DType dtype, const Shape& x) {
  const auto quantization = m.Quantization(dtype, Maker::ScaleOf(dtype, m.Scale(-2, 6)));
  return m.Finish(std::move(op), {m.Input(dtype, x, quantization)}, quantization);
}

graph::Graph Transpose(Maker& m) {
  graph::Transpose op{m.OneOf<std::vector<int64_t>>(
      {{0, 3, 1, 2}, {0, 2, 3, 1}, {3, 2, 1, 0}, {0, 2, 1, 3}, {1, 0, 2, 3}})};
  return Moved(m, std::move(op), m.AnyType(), m.Picture(9));
}

graph::Graph Slice(Maker& m) {
  const Shape x = m.Picture(9);
  graph::StridedSlice op;
  for (size_t d = 0; d < x.size(); ++d) {
    const int64_t begin = m.Integer(0, x[d] - 1);
    const bool back = m.Chance(20);
    const int64_t stride = m.Integer(1, 3);
    op.begin.push_back(begin);
    op.stride.push_back(back ? -stride : stride);
    op.size.push_back(m.Integer(1, (back ? begin : x[d] - 1 - begin) / stride + 1));
    if (op.size.back() == 1 && m.Chance(30)) {
      op.dropped.push_back(static_cast<int64_t>(d));
      op.stride.back() = 1;
    }
  }
  return Moved(m, std::move(op), m.AnyType(), x);
}

graph::Graph SpaceToDepth(Maker& m) {
  const int64_t block = m.Integer(2, 3);
  const Shape x = {m.Integer(1, 2), block * m.Integer(1, 5), block * m.Integer(1, 5),
                   m.Integer(1, 20)};
  return Moved(m, graph::SpaceToDepth{block}, m.ByteType(), x);
}

graph::Graph DepthToSpace(Maker& m) {
  const int64_t block = m.Integer(2, 3);
  const Shape x = {m.Integer(1, 2), m.Integer(1, 5), m.Integer(1, 5),
                   block * block * m.Integer(1, 9)};
  return Moved(m, graph::DepthToSpace{block}, m.ByteType(), x);
}

graph::Graph SpaceToBatch(Maker& m) {
  graph::SpaceToBatch op;
  const Shape x = m.Picture(9);
  op.block_h = m.Integer(1, 3);
  op.block_w = m.Integer(1, 3);
  auto around = [&](int64_t size, int64_t block, int64_t& before, int64_t& after) {
    before = m.Integer(0, 3);
    after = (block - (size + before) % block) % block + block * m.Integer(0, 1);
  };
  around(x[1], op.block_h, op.top, op.bottom);
  around(x[2], op.block_w, op.left, op.right);
  return Moved(m, op, m.ByteType(), x);
}

graph::Graph BatchToSpace(Maker& m) {
  graph::BatchToSpace op;
  op.block_h = m.Integer(1, 3);
  op.block_w = m.Integer(1, 3);
  Shape x = m.Picture(6);
  x[0] *= op.block_h * op.block_w;
  op.top = m.Integer(0, (x[1] * op.block_h - 1) / 2);
  op.bottom = m.Integer(0, (x[1] * op.block_h - 1) / 2);
  op.left = m.Integer(0, (x[2] * op.block_w - 1) / 2);
  op.right = m.Integer(0, (x[2] * op.block_w - 1) / 2);
  return Moved(m, op, m.ByteType(), x);
}

template <class Op>
graph::Graph Larger(Maker& m) {
  const DType dtype = m.AnyType();
  const Shape x = m.Picture(6);
  const auto quantization = m.Quantization(dtype, Maker::ScaleOf(dtype, m.Scale(-2, 6)));
  const ValueId a = m.Input(dtype, x, quantization);
  const ValueId b = m.Input(dtype, m.Chance(60) ? x : Shape{x[3]}, quantization);
  return m.Finish(Op{}, {a, b}, quantization);
}

graph::Graph Prelu(Maker& m) {
  const DType dtype = m.ByteType();
  const Shape x = m.Picture(6);
  const float a = Maker::ScaleOf(dtype, m.Scale(-2, 6));
  const auto alpha = m.Quantization(dtype, Maker::ScaleOf(dtype, m.Scale(-3, 1)));
  const ValueId input = m.Input(dtype, x, m.Quantization(dtype, a));
  ValueId slopes = 0;
  const Shape one = {1, 1, x[3]};
  if (dtype == DType::kFloat32) {
    slopes = m.Constant<float>(dtype, one, -2, 2, {});
  } else if (dtype == DType::kInt8) {
    slopes = m.Constant<int8_t>(dtype, one, -128, 127, alpha);
  } else {
    slopes = m.Constant<uint8_t>(dtype, one, 0, 255, alpha);
  }
  return m.Finish(graph::Prelu{}, {input, slopes}, m.Quantization(dtype, a * m.Scale(-1, 2)));
}

graph::Graph Reduce(Maker& m) {
  graph::Reduce op;
  op.reduction = m.OneOf({graph::Reduction::kLargest, graph::Reduction::kSmallest});
  op.axes = m.OneOf<std::vector<int64_t>>({{1, 2}, {3}, {1}, {2, 3}});
  op.keep_dims = m.Chance(50);
  return Moved(m, std::move(op), m.ByteType(), m.Picture(7));
}

graph::Graph ArgMax(Maker& m) {
  const DType dtype = m.ByteType();
  graph::ArgMax op{.axis = m.Integer(0, 3),
                   .dtype = m.OneOf({DType::kInt32, DType::kInt64}),
                   .smallest = m.Chance(30)};
  const ValueId x = m.Input(dtype, m.Picture(9), m.Quantization(dtype, 0.5));
  return m.Finish(op, {x}, {});
}

graph::Graph L2Normalize(Maker& m) {
  const DType dtype = m.ByteType();
  const int64_t zero = dtype == DType::kInt8 ? 0 : 128;
  const ValueId x = m.Input(dtype, {m.Integer(1, 5), m.Integer(1, 300)},
                            m.Quantization(dtype, Maker::ScaleOf(dtype, m.Scale(-2, 6))));
  if (dtype == DType::kFloat32) return m.Finish(graph::L2Normalize{}, {x}, {});
  return m.Finish(graph::L2Normalize{}, {x}, {{1.0F / 128}, {zero}, 0});
}

// Of uint8 the operands may have other scales than the result.
graph::Graph Concatenation(Maker& m) {
  const DType dtype = m.AnyType();
  const auto quantization = m.Quantization(dtype, Maker::ScaleOf(dtype, m.Scale(-2, 6)));
  const int64_t axis = m.Integer(0, 3);
  const Shape x = m.Picture(6);
  std::vector<ValueId> parts;
  for (int64_t i = m.Integer(2, 4); i > 0; --i) {
    Shape shape = x;
    shape[static_cast<size_t>(axis)] = m.Integer(1, 9);
    auto own = quantization;
    if (dtype == DType::kUInt8 && m.Chance(50))
      own = m.Quantization(dtype, own.scale[0] * m.Scale(-2, 2));
    parts.push_back(m.Input(dtype, shape, own));
  }
  return m.Finish(graph::Concatenation{axis}, std::move(parts), quantization);
}

// What makes one number of all along some axes, of reals.
graph::Graph ReduceReals(Maker& m) {
  graph::Reduce op;
  op.reduction = m.OneOf({graph::Reduction::kSum, graph::Reduction::kProduct,
                          graph::Reduction::kLargest, graph::Reduction::kSmallest});
  op.axes = m.OneOf<std::vector<int64_t>>({{1, 2}, {3}, {1}, {2, 3}});
  op.keep_dims = m.Chance(50);
  return Moved(m, std::move(op), DType::kFloat32,
               {m.Integer(1, 2), m.Integer(1, 3), 2, m.Integer(1, 5)});
}

graph::Graph Math(Maker& m) {
  const auto count = static_cast<int64_t>(graph::kMathFunctionNames.size());
  const auto function = static_cast<graph::MathFunction>(m.Integer(0, count - 1));
  return Moved(m, graph::Math{function}, DType::kFloat32, m.Picture(5));
}

graph::Graph Quotient(Maker& m) {
  const Shape x = m.Picture(5);
  const ValueId a = m.Input(DType::kFloat32, x, {});
  const ValueId b = m.Input(DType::kFloat32, m.Chance(50) ? x : Shape{x[3]}, {});
  return m.Finish(graph::Div{m.AnyActivation()}, {a, b}, {});
}

graph::Graph Cast(Maker& m) {
  const DType to = m.OneOf({DType::kInt32, DType::kInt64});
  return Moved(m, graph::Cast{to}, DType::kFloat32, m.Picture(5));
}

// Boxes of anchors that lie over each other.
graph::Graph Detections(Maker& m) {
  const int64_t boxes = m.Integer(1, 60), classes = m.Integer(1, 6);
  graph::DetectionPostProcess op{.max_detections = m.Integer(1, 12),
                                 .max_classes_per_detection = 1,
                                 .detections_per_class = m.Integer(1, 20),
                                 .num_classes = classes,
                                 .regular_nms = m.Chance(50),
                                 .nms_score_threshold = m.OneOf({0.0, 0.25, -1.0}),
                                 .nms_iou_threshold = m.OneOf({0.25, 0.5, 0.75})};
  const ValueId encodings = m.Input(DType::kFloat32, {1, boxes, 4}, {});
  const ValueId scores = m.Input(DType::kFloat32, {1, boxes, classes + m.Integer(0, 1)}, {});
  std::vector<float> numbers;
  for (int64_t i = 0; i < boxes * 2; ++i) {
    const bool place = i % 2 == 0;
    for (int k = 0; k < 2; ++k) {
      numbers.push_back(static_cast<float>(m.Integer(place ? 0 : 20, place ? 100 : 60)) / 100);
    }
  }
  graph::Graph& graph = m.graph();
  const ValueId anchors = graph.AddConstant("anchors", {boxes, 4}, numbers);
  const int64_t rows = op.rows();
  const ValueId all = graph.AddNode(op, {encodings, scores, anchors}, "all");
  std::vector<ValueId> outputs;
  auto part = [&](const std::string& name, int64_t begin, int64_t size, Shape shape) {
    ValueId id =
        graph.AddNode(graph::StridedSlice{{begin}, {size}, {1}, {}}, {all}, name + "/part");
    if (shape.size() > 1) id = graph.AddNode(graph::Reshape{shape}, {id}, name);
    outputs.push_back(id);
  };
  part("boxes", 0, rows * 4, {1, rows, 4});
  part("classes", rows * 4, rows, {1, rows});
  part("scores", rows * 5, rows, {1, rows});
  part("count", rows * 6, 1, {1});
  return m.FinishWith(std::move(outputs));
}

struct Operator {
  const char* name;
  graph::Graph (*make)(Maker& m);
  bool reals = false;
};

constexpr std::array kOperators = {
    Operator{"conv", Convolution},
    Operator{"depthwise_conv", Depthwise},
    Operator{"fully_connected", FullyConnected},
    Operator{"dynamic_conv", RealConvolution},
    Operator{"dynamic_depthwise_conv", RealDepthwise},
    Operator{"dynamic_fully_connected", RealFullyConnected},
    Operator{"add", Elementwise<graph::Add>},
    Operator{"mul", Elementwise<graph::Mul>},
    Operator{"mean", Mean},
    Operator{"average_pool", Pool<graph::AveragePool2D>},
    Operator{"max_pool", Pool<graph::MaxPool2D>},
    Operator{"softmax", Softmax},
    Operator{"relu", Activate},
    Operator{"leaky_relu", LeakyRelu},
    Operator{"hard_swish", HardSwish},
    Operator{"logistic", Logistic},
    Operator{"tanh", Tanh},
    Operator{"quantize", Quantize},
    Operator{"transpose_conv", TransposedConvolution},
    Operator{"resize_bilinear", Resize<graph::ResizeBilinear>},
    Operator{"resize_nearest", Resize<graph::ResizeNearest>},
    Operator{"transpose", Transpose},
    Operator{"strided_slice", Slice},
    Operator{"space_to_depth", SpaceToDepth},
    Operator{"depth_to_space", DepthToSpace},
    Operator{"space_to_batch", SpaceToBatch},
    Operator{"batch_to_space", BatchToSpace},
    Operator{"sub", Elementwise<graph::Sub>},
    Operator{"maximum", Larger<graph::Maximum>},
    Operator{"minimum", Larger<graph::Minimum>},
    Operator{"prelu", Prelu},
    Operator{"reduce", Reduce},
    Operator{"arg_max", ArgMax},
    Operator{"l2_normalize", L2Normalize},
    Operator{"concatenation", Concatenation},
    Operator{"real_transpose_conv", TransposedConvolution, true},
    Operator{"real_resize_bilinear", Resize<graph::ResizeBilinear>, true},
    Operator{"real_resize_nearest", Resize<graph::ResizeNearest>, true},
    Operator{"real_transpose", Transpose, true},
    Operator{"real_strided_slice", Slice, true},
    Operator{"real_space_to_depth", SpaceToDepth, true},
    Operator{"real_depth_to_space", DepthToSpace, true},
    Operator{"real_space_to_batch", SpaceToBatch, true},
    Operator{"real_batch_to_space", BatchToSpace, true},
    Operator{"real_sub", Elementwise<graph::Sub>, true},
    Operator{"real_maximum", Larger<graph::Maximum>, true},
    Operator{"real_minimum", Larger<graph::Minimum>, true},
    Operator{"real_prelu", Prelu, true},
    Operator{"real_arg_max", ArgMax, true},
    Operator{"real_l2_normalize", L2Normalize, true},
    Operator{"real_concatenation", Concatenation, true},
    Operator{"real_reduce", ReduceReals, true},
    Operator{"real_math", Math, true},
    Operator{"real_div", Quotient, true},
    Operator{"real_cast", Cast, true},
    Operator{"real_detections", Detections, true},
};

Status Write(const std::string& folder, uint64_t first, uint64_t count) {
  for (const Operator& op : kOperators) {
    for (uint64_t seed = first; seed < first + count; ++seed) {
      Maker maker(seed, op.reals);
      const std::string path = base::Cat(folder, "/", op.name, "_", seed, ".tflite");
      GOLDCREST_TRY(auto bytes, pipeline::EncodeModel(op.make(maker), path));
      GOLDCREST_RETURN_IF_ERROR(base::WriteFile(path, bytes));
    }
  }
  return {};
}

}  // namespace
}  // namespace goldcrest

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  goldcrest::Status status = goldcrest::Write(argv[1], std::strtoull(argv[2], nullptr, 10),
                                              std::strtoull(argv[3], nullptr, 10));
  if (!status) std::fprintf(stderr, "%s\n", status.error().ToString().c_str());
  return status ? 0 : 1;
}
