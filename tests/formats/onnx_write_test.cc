// What is written, node by node; that engines compute the same is shown in tests/interop.
#include <gtest/gtest.h>

#include <cstring>

#include "base/strings.h"
#include "formats/onnx/metadata.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/write_operators.h"
#include "onnx.pb.h"
#include "support/run_graph.h"
#include "support/small_graphs.h"
#include "tensor/half.h"

namespace goldcrest::formats::onnx {
namespace {

using testing::MustParse;

proto::ModelProto MustWrite(const graph::Graph& graph, const WriteOptions& options = {}) {
  proto::ModelProto model;
  std::vector<std::string> notes;
  auto adapted = Adapt(graph, options.target, notes);
  EXPECT_TRUE(adapted) << (adapted ? "" : adapted.error().ToString());
  if (!adapted) return model;
  auto bytes = Write(*adapted, options);
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().ToString());
  if (!bytes) return model;
  EXPECT_TRUE(model.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())));
  return model;
}

std::string ErrorOf(const std::string& text, const WriteOptions& options = {}) {
  std::vector<std::string> notes;
  auto adapted = Adapt(MustParse(text), options.target, notes);
  if (!adapted) return adapted.error().ToString();
  auto bytes = Write(*adapted, options);
  return bytes ? "written" : bytes.error().ToString();
}

std::string TextOf(const proto::AttributeProto& attribute) {
  std::string text = base::Cat(" ", attribute.name(), "=");
  switch (attribute.type()) {
    case proto::AttributeProto::INT:
      return base::Cat(text, attribute.i());
    case proto::AttributeProto::FLOAT:
      return base::Cat(text, attribute.f());
    case proto::AttributeProto::STRING:
      return base::Cat(text, attribute.s());
    default:
      for (int64_t each : attribute.ints()) text += base::Cat(each, ",");
      return text;
  }
}

// "y = Conv(x, w) group=1" a line.
std::string TextOf(const proto::ModelProto& model) {
  std::string text;
  for (const proto::NodeProto& node : model.graph().node()) {
    const std::vector<std::string> inputs(node.input().begin(), node.input().end());
    text += base::Cat(node.output(0), " = ", node.op_type(), "(", base::Join(inputs, ", "), ")");
    for (const proto::AttributeProto& each : node.attribute()) text += TextOf(each);
    text += "\n";
  }
  return text;
}

std::string TextOf(const proto::ValueInfoProto& info) {
  std::string text = base::Cat(info.name(), ":", info.type().tensor_type().elem_type());
  for (const auto& dimension : info.type().tensor_type().shape().dim()) {
    text += dimension.has_dim_param() ? base::Cat(" ", dimension.dim_param())
                                      : base::Cat(" ", dimension.dim_value());
  }
  return text;
}

const proto::TensorProto& Initializer(const proto::ModelProto& model, const std::string& name) {
  static const proto::TensorProto kNone;
  for (const proto::TensorProto& each : model.graph().initializer()) {
    if (each.name() == name) return each;
  }
  ADD_FAILURE() << "no initializer " << name;
  return kNone;
}

template <class T>
std::vector<T> Elements(const proto::ModelProto& model, const std::string& name) {
  const std::string& bytes = Initializer(model, name).raw_data();
  std::vector<T> elements(bytes.size() / sizeof(T));
  if (!elements.empty()) std::memcpy(elements.data(), bytes.data(), bytes.size());
  return elements;
}

std::vector<int64_t> DimensionsOf(const proto::ModelProto& model, const std::string& name) {
  const auto& dims = Initializer(model, name).dims();
  return {dims.begin(), dims.end()};
}

constexpr char kLayers[] = R"(graph "toy"
  input %0 "x": float32[-1, 4, 6, 3]
  const %1 "w": float32[2, 1, 2, 3] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
  const %2 "b": float32[2] = {1, 2}
  const %3 "d": float32[1, 1, 1, 4] = {1, 2, 3, 4}
  const %9 "c": float32[4] = {1, 2, 3, 4}
  %4 "conv": float32[-1, 2, 3, 2] = conv2d(%0, %1, %2) stride_h=2 stride_w=2 padding=same activation=relu6
  %5 "depthwise": float32[-1, 2, 3, 4] = depthwise_conv2d(%4, %3)
  %6 "scaled": float32[-1, 2, 3, 4] = mul(%5, %9)
  %7 "padded": float32[-1, 3, 3, 9] = pad(%6) before=[0, 1, 0, 2] after=[0, 0, 0, 3]
  output %7
)";

TEST(OnnxWrite, PicturesHaveTheirChannelsFirst) {
  const proto::ModelProto model = MustWrite(MustParse(kLayers));
  EXPECT_EQ(TextOf(model),
            "conv/linear = Conv(x, w, b) kernel_shape=1,2, strides=2,2, dilations=1,1, group=1 "
            "pads=0,0,0,0,\n"
            "conv = Clip(conv/linear, conv/least, conv/most)\n"
            "depthwise = Conv(conv, d) kernel_shape=1,1, strides=1,1, dilations=1,1, group=2 "
            "pads=0,0,0,0,\n"
            "scaled = Mul(depthwise, c)\n"
            "padded = Pad(scaled, padded/pads)\n");
  EXPECT_EQ(TextOf(model.graph().input(0)), "x:1 batch 3 4 6");
  EXPECT_EQ(TextOf(model.graph().output(0)), "padded:1 batch 9 3 3");
  EXPECT_EQ(DimensionsOf(model, "w"), (std::vector<int64_t>{2, 3, 1, 2}));
  EXPECT_EQ(Elements<float>(model, "w"),
            (std::vector<float>{1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12}));
  EXPECT_EQ(DimensionsOf(model, "d"), (std::vector<int64_t>{4, 1, 1, 1}));
  EXPECT_EQ(DimensionsOf(model, "c"), (std::vector<int64_t>{1, 4, 1, 1}));
  EXPECT_EQ(Elements<int64_t>(model, "padded/pads"),
            (std::vector<int64_t>{0, 2, 1, 0, 0, 3, 0, 0}));
  EXPECT_EQ(model.ir_version(), 8);
  EXPECT_EQ(model.opset_import(0).version(), 17);
}

TEST(OnnxWrite, PicturesGoInAndComeOutAsIsAskedFor) {
  const proto::ModelProto model = MustWrite(MustParse(kLayers), {.layout = PictureLayout::kNhwc});
  EXPECT_EQ(TextOf(model.graph().input(0)), "x:1 batch 4 6 3");
  EXPECT_EQ(TextOf(model.graph().output(0)), "padded:1 batch 3 3 9");
  const std::string text = TextOf(model);
  EXPECT_TRUE(text.starts_with("x/nchw = Transpose(x) perm=0,3,1,2,\n")) << text;
  EXPECT_TRUE(
      text.ends_with("padded/inner = Pad(scaled, padded/pads)\n"
                     "padded = Transpose(padded/inner) perm=0,2,3,1,\n"))
      << text;
}

// Elements change their order only where what reads them sees it.
TEST(OnnxWrite, TransposesOnlyWhereTheOrderOfElementsMatters) {
  EXPECT_EQ(TextOf(MustWrite(MustParse(R"(graph "heads"
  input %0 "x": float32[1, 2, 2, 4]
  const %1 "w": float32[3, 16] = random(1)
  const %2 "v": float32[5, 4] = random(2)
  %3 "flat": float32[1, 16] = reshape(%0) shape=[1, 16]
  %4 "dense": float32[1, 3] = fully_connected(%3, %1)
  %5 "pooled": float32[1, 1, 1, 4] = average_pool2d(%0) filter_h=2 filter_w=2
  %6 "row": float32[1, 4] = reshape(%5) shape=[1, 4]
  %7 "scores": float32[1, 5] = fully_connected(%6, %2) activation=relu
  %8 "mean": float32[1, 4] = mean(%0) axes=[1, 2]
  %9 "rows": float32[1, 2, 4] = mean(%0) axes=[1]
  %10 "beside": float32[1, 2, 4, 4] = concatenation(%0, %0) axis=2
  %11 "soft": float32[1, 2, 4, 4] = softmax(%10) beta=2
  output %4
  output %7
  output %8
  output %9
  output %11
)"))),
            "x/nhwc = Transpose(x) perm=0,2,3,1,\n"
            "flat = Reshape(x/nhwc, flat/shape)\n"
            "dense = Gemm(flat, w) transB=1\n"
            "pooled = GlobalAveragePool(x)\n"
            "row = Reshape(pooled, row/shape)\n"
            "scores/linear = Gemm(row, v) transB=1\n"
            "scores = Relu(scores/linear)\n"
            "mean/mean = GlobalAveragePool(x)\n"
            "mean = Flatten(mean/mean)\n"
            "rows = ReduceMean(x/nhwc) keepdims=0 axes=1,\n"
            "beside = Concat(x, x) axis=3\n"
            "soft/sharpened = Mul(beside, soft/beta)\n"
            "soft = Softmax(soft/sharpened) axis=1\n");
}

TEST(OnnxWrite, ResizesNameTheirSizeWhateverTheBatch) {
  auto text = [](const std::string& batch) {
    return "graph \"sizes\"\n  input %0 \"x\": float32[" + batch +
           ", 2, 3, 4]\n  %1 \"y\": float32[" + batch +
           ", 5, 7, 4] = resize_bilinear(%0) height=5 width=7 align_corners=true\n"
           "  %2 \"z\": float32[" +
           batch +
           ", 4, 3, 4] = resize_nearest(%1) height=4 width=3 half_pixel_centers=true\n  output "
           "%2\n";
  };
  const proto::ModelProto one = MustWrite(MustParse(text("1")));
  EXPECT_EQ(TextOf(one),
            "y = Resize(x, , , y/size) mode=linear coordinate_transformation_mode=align_corners\n"
            "z = Resize(y, , , z/size) mode=nearest coordinate_transformation_mode=half_pixel "
            "nearest_mode=round_prefer_ceil\n");
  EXPECT_EQ(Elements<int64_t>(one, "y/size"), (std::vector<int64_t>{1, 4, 5, 7}));
  EXPECT_EQ(one.opset_import(0).version(), 17);
  const proto::ModelProto any = MustWrite(MustParse(text("-1")));
  EXPECT_EQ(Elements<int64_t>(any, "y/size"), (std::vector<int64_t>{5, 7}));
  EXPECT_EQ(any.opset_import(0).version(), 18);
  EXPECT_NE(TextOf(any).find(" axes=2,3,"), std::string::npos);
}

TEST(OnnxWrite, EveryOperatorIsWritten) {
  const graph::Graph graph = MustParse(testing::SmallGraphText());
  for (PictureLayout layout : {PictureLayout::kNchw, PictureLayout::kNhwc}) {
    EXPECT_GT(MustWrite(graph, {.layout = layout}).graph().node_size(), 10);
  }
}

TEST(OnnxWrite, UnknownSizesArePaddedByTheEngine) {
  const proto::ModelProto model = MustWrite(MustParse(R"(graph "any size"
  input %0 "x": float32[-1, -1, -1, 1]
  const %1 "w": float32[1, 3, 3, 1] = random(1)
  %2 "y": float32[-1, -1, -1, 1] = conv2d(%0, %1) padding=same
  %3 "z": float32[-1, -1, -1, 1] = max_pool2d(%2) filter_h=2 filter_w=2 padding=same
  output %3
)"));
  EXPECT_EQ(TextOf(model.graph().input(0)), "x:1 batch 1 x_dim_2 x_dim_3");
  EXPECT_EQ(TextOf(model),
            "y = Conv(x, w) kernel_shape=3,3, strides=1,1, dilations=1,1, group=1 "
            "auto_pad=SAME_UPPER\n"
            "z = MaxPool(y) kernel_shape=2,2, strides=1,1, auto_pad=SAME_UPPER\n");
}

constexpr char kQuantized[] = R"(graph "integers"
  input %0 "x": int8[1, 4, 4, 2] scale=0.5 zero_point=-1
  const %1 "w": int8[2, 1, 1, 2] scale=[0.5, 0.25] zero_point=[0, 0] axis=0 = {1, 2, 3, 4}
  const %2 "b": int32[2] scale=[0.25, 0.125] zero_point=[0, 0] axis=0 = {8, -8}
  %3 "padded": int8[1, 5, 4, 2] scale=0.5 zero_point=-1 = pad(%0) before=[0, 1, 0, 0] after=[0, 0, 0, 0]
  %4 "y": int8[1, 5, 4, 2] scale=0.0234375 zero_point=-128 = conv2d(%3, %1, %2) activation=relu6
  %5 "z": int8[1, 5, 4, 2] scale=0.0234375 zero_point=-100 = add(%4, %4) activation=relu
  output %5
)";

TEST(OnnxWrite, IntegersBecomePairsOfQuantizeAndDequantize) {
  const proto::ModelProto model = MustWrite(MustParse(kQuantized), {.target = Target::kOpenVino});
  // The picture's border is the convolution's, its relu6 the rounding's; the sum's relu is not.
  EXPECT_EQ(TextOf(model),
            "x/dequantized = DequantizeLinear(x, x/scale, x/zero_point)\n"
            "w/dequantized = DequantizeLinear(w, w/scale, w/zero_point) axis=0\n"
            "b/dequantized = DequantizeLinear(b, b/scale) axis=0\n"
            "y/reals = Conv(x/dequantized, w/dequantized, b/dequantized) kernel_shape=1,1, "
            "strides=1,1, dilations=1,1, group=1 pads=1,0,0,0,\n"
            "y = QuantizeLinear(y/reals, y/scale, y/zero_point)\n"
            "y/dequantized = DequantizeLinear(y, y/scale, y/zero_point)\n"
            "z/linear = Add(y/dequantized, y/dequantized)\n"
            "z/reals = Relu(z/linear)\n"
            "z = QuantizeLinear(z/reals, z/scale, z/zero_point)\n");
  EXPECT_EQ(Elements<float>(model, "b/scale"), (std::vector<float>{0.25, 0.125}));
  EXPECT_EQ(Elements<int8_t>(model, "y/zero_point"), (std::vector<int8_t>{-128}));
  EXPECT_EQ(TextOf(model.graph().input(0)), "x:3 1 2 4 4");
}

// Which ONNX Runtime computes all of in integers.
TEST(OnnxWrite, OnnxRuntimeGetsUnsignedActivations) {
  const proto::ModelProto model = MustWrite(MustParse(kQuantized));
  EXPECT_TRUE(TextOf(model).starts_with(
      "x/dequantized = DequantizeLinear(x, x/scale, x/zero_point)\n"
      "x/rounded = QuantizeLinear(x/dequantized, x/scale_2, x/zero_point_2)\n"
      "x/rounded_reals = DequantizeLinear(x/rounded, x/scale_2, x/zero_point_2)\n"))
      << TextOf(model);
  EXPECT_EQ(Elements<int8_t>(model, "x/zero_point"), (std::vector<int8_t>{-1}));
  EXPECT_EQ(Elements<uint8_t>(model, "x/zero_point_2"), (std::vector<uint8_t>{127}));
  EXPECT_EQ(Initializer(model, "y/zero_point").data_type(), 2);
  EXPECT_EQ(Initializer(model, "w/zero_point").data_type(), 3);
  // Types outside stay.
  EXPECT_EQ(TextOf(model.graph().output(0)), "z:3 1 2 5 4");
}

// A layer, its swish and its gate are one operator there unless something is rounded between them.
TEST(OnnxWrite, OpenVinoRoundsOnlyWhatOperatorsReadAsIntegers) {
  constexpr char kGate[] = R"(graph "gate"
  input %0 "x": int8[1, 2, 2, 2] scale=0.5 zero_point=-1
  const %1 "w": int8[2, 1, 1, 2] scale=[0.5, 0.25] zero_point=[0, 0] axis=0 = {1, 2, 3, 4}
  const %2 "three": int8[1] scale=0.5 zero_point=0 = {6}
  %3 "y": int8[1, 2, 2, 2] scale=0.0234375 zero_point=-128 = conv2d(%0, %1) activation=relu6
  %4 "swish": int8[1, 2, 2, 2] scale=0.0234375 zero_point=-100 = hard_swish(%3)
  %5 "moved": int8[1, 2, 2, 2] scale=0.05 zero_point=-100 = add(%4, %2)
  %6 "z": int8[1, 2, 2, 2] scale=0.5 zero_point=-1 = mul(%5, %0)
  output %6
)";
  const proto::ModelProto model = MustWrite(MustParse(kGate), {.target = Target::kOpenVino});
  EXPECT_EQ(TextOf(model),
            "x/dequantized = DequantizeLinear(x, x/scale, x/zero_point)\n"
            "w/dequantized = DequantizeLinear(w, w/scale, w/zero_point) axis=0\n"
            "y/linear = Conv(x/dequantized, w/dequantized) kernel_shape=1,1, strides=1,1, "
            "dilations=1,1, group=1 pads=0,0,0,0,\n"
            "y = Clip(y/linear, y/least, y/most)\n"
            "swish = HardSwish(y)\n"
            "moved/reals = Add(swish, three)\n"
            "moved = QuantizeLinear(moved/reals, moved/scale, moved/zero_point)\n"
            "moved/dequantized = DequantizeLinear(moved, moved/scale, moved/zero_point)\n"
            "z/reals = Mul(moved/dequantized, x/dequantized)\n"
            "z = QuantizeLinear(z/reals, z/scale, z/zero_point)\n");
  EXPECT_EQ(Elements<float>(model, "three"), (std::vector<float>{3}));
}

constexpr char kSymmetric[] = R"(graph "symmetric"
  input %0 "x": int8[1, 4] scale=0.5 zero_point=0
  const %1 "w": int8[2, 4] scale=[0.5, 0.25] zero_point=[0, 0] axis=0 = random(1)
  const %2 "b": int32[2] scale=[0.25, 0.125] zero_point=[0, 0] axis=0 = {8, -8}
  %3 "y": int8[1, 2] scale=0.5 zero_point=0 = fully_connected(%0, %1, %2) activation=relu
  %4 "s": int8[1, 2] scale=0.00390625 zero_point=-128 = softmax(%3)
  %5 "scores": float32[1, 2] = dequantize(%4)
  output %5
)";

TEST(OnnxWrite, TensorRtGetsSymmetricIntegersAndRealBiases) {
  const WriteOptions options{.target = Target::kTensorRt};
  std::vector<std::string> notes;
  ASSERT_TRUE(Adapt(MustParse(kSymmetric), Target::kTensorRt, notes));
  ASSERT_EQ(notes.size(), 1);
  EXPECT_NE(notes[0].find("softmax computes in float32"), std::string::npos);
  const proto::ModelProto model = MustWrite(MustParse(kSymmetric), options);
  EXPECT_EQ(TextOf(model),
            "x/dequantized = DequantizeLinear(x, x/scale, x/zero_point)\n"
            "w/dequantized = DequantizeLinear(w, w/scale, w/zero_point) axis=0\n"
            "y/linear = Gemm(x/dequantized, w/dequantized, b) transB=1\n"
            "y/reals = Relu(y/linear)\n"
            "y = QuantizeLinear(y/reals, y/scale, y/zero_point)\n"
            "y/dequantized = DequantizeLinear(y, y/scale, y/zero_point)\n"
            "scores = Softmax(y/dequantized) axis=1\n");
  EXPECT_EQ(Elements<float>(model, "b"), (std::vector<float>{2, -1}));
}

// Whose sum the layer makes itself.
TEST(OnnxWrite, TensorRtGetsResidualsRoundedAndLayersBesideThemNot) {
  EXPECT_EQ(TextOf(MustWrite(MustParse(R"(graph "residual"
  input %0 "x": int8[1, 2, 2, 2] scale=0.5 zero_point=0
  const %1 "w": int8[2, 1, 1, 2] scale=[0.5, 0.25] zero_point=[0, 0] axis=0 = {1, 2, 3, 4}
  %2 "y": int8[1, 2, 2, 2] scale=0.5 zero_point=0 = conv2d(%0, %1)
  %3 "z": int8[1, 2, 2, 2] scale=0.5 zero_point=0 = add(%2, %0)
  output %3
)"),
                             {.target = Target::kTensorRt})),
            "x/dequantized = DequantizeLinear(x, x/scale, x/zero_point)\n"
            "w/dequantized = DequantizeLinear(w, w/scale, w/zero_point) axis=0\n"
            "y = Conv(x/dequantized, w/dequantized) kernel_shape=1,1, strides=1,1, dilations=1,1, "
            "group=1 pads=0,0,0,0,\n"
            "z/reals = Add(y, x/dequantized)\n"
            "z = QuantizeLinear(z/reals, z/scale, z/zero_point)\n");
}

TEST(OnnxWrite, TensorRtRefusesWhatItHasNoIntegersFor) {
  const WriteOptions options{.target = Target::kTensorRt};
  const std::string zero_point = ErrorOf(kQuantized, options);
  EXPECT_NE(zero_point.find("TensorRT takes no zero points, and 'x' has -1"), std::string::npos)
      << zero_point;
  EXPECT_NE(zero_point.find("--symmetric"), std::string::npos) << zero_point;
  const std::string bytes = ErrorOf(R"(graph "bytes"
  input %0 "x": uint8[1, 4] scale=0.5 zero_point=0
  %1 "y": uint8[1, 4] scale=0.5 zero_point=0 = activate(%0)
  output %1
)",
                                    options);
  EXPECT_NE(bytes.find("'x' is uint8"), std::string::npos) << bytes;
}

TEST(OnnxWrite, WeightsThatOnnxHasNoLayersForBecomeFloats) {
  constexpr char kHybrid[] = R"(graph "hybrid"
  input %0 "x": float32[1, 2]
  const %1 "w": int8[2, 2] scale=[0.5, 0.25] zero_point=[0, 0] axis=0 = {1, 2, 3, -4}
  %2 "y": float32[1, 2] = fully_connected(%0, %1)
  output %2
)";
  std::vector<std::string> notes;
  ASSERT_TRUE(Adapt(MustParse(kHybrid), Target::kOpenVino, notes));
  EXPECT_EQ(notes.size(), 1);
  const proto::ModelProto hybrid = MustWrite(MustParse(kHybrid));
  EXPECT_EQ(Elements<float>(hybrid, "w"), (std::vector<float>{0.5, 1, 0.75, -1}));

  graph::Graph halves = MustParse(R"(graph "halves"
  input %0 "x": float32[1, 2]
  const %1 "h": float16[1, 2] = {0, 0}
  %2 "w": float32[1, 2] = dequantize(%1)
  %3 "y": float32[1, 1] = fully_connected(%0, %2)
  output %3
)");
  const std::array<uint16_t, 2> bits = {tensor::FloatToHalf(0.25F), tensor::FloatToHalf(-3)};
  halves.value(1).constant = tensor::SharedBytes::Copy<uint16_t>(bits);
  EXPECT_EQ(Elements<float>(MustWrite(halves), "w"), (std::vector<float>{0.25, -3}));
}

TEST(OnnxWrite, Int16IsWrittenInTheOperatorsThatHaveIt) {
  const proto::ModelProto model = MustWrite(MustParse(R"(graph "wide"
  input %0 "x": int16[1, 2] scale=0.5 zero_point=0
  const %1 "w": int8[1, 2] scale=0.5 zero_point=0 = {1, 2}
  const %2 "b": int64[1] scale=0.25 zero_point=0 = {8}
  %3 "y": int16[1, 1] scale=0.5 zero_point=0 = fully_connected(%0, %1, %2)
  output %3
)"));
  EXPECT_EQ(model.opset_import(0).version(), 21);
  EXPECT_EQ(Elements<float>(model, "b"), (std::vector<float>{2}));
  EXPECT_EQ(TextOf(model.graph().output(0)), "y:5 1 1");
}

TEST(OnnxWrite, RoundingStandsForAnActivationWhereItClampsAsMuch) {
  auto value = [](float scale, int64_t zero) {
    return graph::Value{.dtype = tensor::DType::kInt8, .quantization = {{scale}, {zero}}};
  };
  using graph::Activation;
  EXPECT_TRUE(ClampsAnyway(Activation::kRelu, value(1, -128)));
  EXPECT_FALSE(ClampsAnyway(Activation::kRelu, value(1, -127)));
  EXPECT_TRUE(ClampsAnyway(Activation::kRelu6, value(6.0F / 255, -128)));
  EXPECT_TRUE(ClampsAnyway(Activation::kRelu6, value(3.0F / 255, -128)));
  EXPECT_FALSE(ClampsAnyway(Activation::kRelu6, value(7.0F / 255, -128)));
  EXPECT_FALSE(ClampsAnyway(Activation::kRelu6, graph::Value{}));
}

TEST(OnnxWrite, WhatIsKnownOfTheModelGoesAlong) {
  graph::Graph graph = MustParse(kLayers);
  graph.metadata.input_contract.emplace();
  graph.metadata.labels = {"cat", "dog"};
  graph.input_names = {"picture"};
  graph.output_names = {"scores"};
  const proto::ModelProto model = MustWrite(graph, {.producer_version = "1.2.3"});
  EXPECT_EQ(model.producer_name(), "Goldcrest");
  EXPECT_EQ(model.producer_version(), "1.2.3");
  EXPECT_EQ(model.graph().input(0).name(), "picture");
  EXPECT_EQ(model.graph().output(0).name(), "scores");
  ASSERT_EQ(model.metadata_props_size(), 2);
  EXPECT_EQ(model.metadata_props(0).key(), kContractKey);
  EXPECT_EQ(model.metadata_props(0).value(), tensor::ToJson(*graph.metadata.input_contract));
  EXPECT_EQ(model.metadata_props(1).key(), kLabelsKey);
  EXPECT_EQ(model.metadata_props(1).value(), "cat\ndog");
}

TEST(OnnxWrite, NamesThatRepeatAreToldApart) {
  EXPECT_EQ(TextOf(MustWrite(MustParse(R"(graph "names"
  input %0 "x": float32[1, 2]
  %1 "x": float32[1, 2] = tanh(%0)
  %2 "": float32[1, 2] = logistic(%1)
  output %0
  output %2
  output %2
)"))),
            "x_3 = Tanh(x)\n"
            "_2 = Sigmoid(x_3)\n"
            "x_2 = Identity(x)\n"
            "_3 = Identity(_2)\n");
}

TEST(OnnxWrite, WhatHasNoFormIsRefusedByName) {
  const std::string shape = ErrorOf(R"(graph "shape"
  input %0 "x": float32[1, 2]
  %1 "s": int32[2] = shape(%0)
  output %1
)");
  EXPECT_NE(shape.find("operator 0 shape 's'"), std::string::npos) << shape;
  const std::string weights = ErrorOf(R"(graph "computed"
  input %0 "x": float32[1, 1, 1, 2]
  input %1 "w": float32[2, 1, 1, 2]
  %2 "y": float32[1, 1, 1, 2] = conv2d(%0, %1)
  output %2
)");
  EXPECT_NE(weights.find("its weights are computed"), std::string::npos) << weights;
  const auto target = ParseTarget("tensorflow");
  ASSERT_FALSE(target);
  EXPECT_NE(target.error().message.find("onnxruntime, openvino, tensorrt"), std::string::npos);
  EXPECT_EQ(*ParsePictureLayout("nhwc"), PictureLayout::kNhwc);
  EXPECT_FALSE(ParsePictureLayout("CHW"));
}

}  // namespace
}  // namespace goldcrest::formats::onnx
