// What becomes of ONNX's operators, and where their pictures' channels go.
#include <gtest/gtest.h>

#include "formats/onnx_testing.h"
#include "support/random.h"

namespace goldcrest::formats::onnx {
namespace {

using testing::OnnxMaker;
using testing::SetFloat;
using testing::SetInt;
using testing::SetInts;
using testing::SetString;

TEST(OnnxRead, ANetworkBecomesChannelsLast) {
  const graph::Graph graph = MustReadMade(testing::SmallOnnxNetwork());
  EXPECT_EQ(OperatorsOf(graph), R"(%2 "conv": float32[-1, 4, 4, 6] = conv2d(%0, %1) padding=same
%7 "bn": float32[-1, 4, 4, 6] = batch_norm(%2, %3, %4, %5, %6) epsilon=9.999999747378752e-06 momentum=0.8999999761581421
%8 "relu": float32[-1, 4, 4, 6] = activate(%7) activation=relu6
%10 "depthwise": float32[-1, 4, 4, 6] = depthwise_conv2d(%8, %9) padding=same
%11 "pool": float32[-1, 1, 1, 6] = mean(%10) axes=[1, 2] keep_dims=true
%13 "excited": float32[-1, 1, 1, 6] = conv2d(%11, %12)
%15 "gate/line/scaled": float32[-1, 1, 1, 6] = mul(%13, %14)
%17 "gate/line": float32[-1, 1, 1, 6] = add(%15, %16)
%18 "gate/kept": float32[-1, 1, 1, 6] = activate(%17) activation=relu6
%20 "gate": float32[-1, 1, 1, 6] = mul(%18, %19)
%21 "gated": float32[-1, 4, 4, 6] = mul(%10, %20)
%22 "sum": float32[-1, 4, 4, 6] = add(%21, %8)
%23 "logits/rows": float32[-1, 96] = reshape(%22) shape=[-1, 96]
%26 "logits": float32[-1, 5] = fully_connected(%23, %24, %25)
%27 "y": float32[-1, 5] = softmax(%26)
)");
  EXPECT_EQ(graph.value(graph.inputs[0]).shape, (tensor::Shape{-1, 4, 4, 3}));
  EXPECT_EQ(graph.input_names, std::vector<std::string>{"x"});
  EXPECT_EQ(graph.output_names, std::vector<std::string>{"y"});
  ASSERT_EQ(graph.metadata.notes.size(), 1);
  EXPECT_NE(graph.metadata.notes[0].find("input 'x' [-1, 3, 4, 4] is [-1, 4, 4, 3]"),
            std::string::npos);
}

TEST(OnnxRead, IntegersBetweenQuantizeAndDequantize) {
  const graph::Graph graph = MustReadMade(testing::SmallQuantizedOnnxNetwork());
  EXPECT_EQ(OperatorsOf(graph),
            R"(%1 "xq/q": int8[1, 3, 3, 2] scale=0.0625 zero_point=3 = quantize(%0)
%4 "conv": int8[1, 3, 3, 2] scale=0.0625 zero_point=-128 = conv2d(%1, %2, %3) padding=same
%5 "relu": int8[1, 3, 3, 2] scale=0.0625 zero_point=-128 = activate(%4)
%6 "sum": int8[1, 3, 3, 2] scale=0.125 zero_point=-10 = add(%5, %1)
%7 "y": float32[1, 3, 3, 2] = dequantize(%6)
)");
}

// A dense layer over a flattened picture: its weights move, the picture does not.
TEST(OnnxRead, FlattenedPicturesMoveTheWeights) {
  for (const bool turned : {false, true}) {
    OnnxMaker make;
    make.Input("x", {1, 3, 2, 5});
    make.Floats("w", {3, 1, 1, 1}, {1, 1, 1});
    SetInt(make.Add("Conv", "same", {"x", "w"}), "group", 3);
    make.Add("Flatten", "flat", {"same"});
    make.Add("Relu", "relu", {"flat"});
    testing::Random random(1);
    const std::vector<float> dense = random.Floats(30 * 4);
    make.Floats("dense", turned ? std::vector<int64_t>{4, 30} : std::vector<int64_t>{30, 4}, dense);
    SetInt(make.Add("Gemm", "y", {"relu", "dense"}), "transB", turned ? 1 : 0);
    make.Output("y");
    graph::Graph graph = MustReadMade(make);
    runtime::Executor executor = testing::MustPrepare(graph);
    const std::vector<float> x = random.Floats(30);  // height, width, channels
    std::ranges::copy(x, executor.input(0).As<float>().begin());
    executor.Run();
    for (size_t o = 0; o < 4; ++o) {
      double expected = 0;
      for (size_t k = 0; k < 30; ++k) {
        const size_t channel = k / 10;
        const size_t pixel = k % 10;
        const double weight = dense[turned ? o * 30 + k : k * 4 + o];
        expected += std::max(x[pixel * 3 + channel], 0.0F) * weight;
      }
      EXPECT_NEAR(executor.output(0).As<float>()[o], expected, 1e-5) << o;
    }
  }
}

TEST(OnnxRead, TransposesAtTheEndsVanish) {
  OnnxMaker make;
  make.Input("x", {1, 6, 6, 4});
  SetInts(make.Add("Transpose", "nchw", {"x"}), "perm", {0, 3, 1, 2});
  make.Floats("w", {4, 4, 3, 3});
  make.Convolution("conv", "nchw", "w");
  SetInts(make.Add("Transpose", "y", {"conv"}), "perm", {0, 2, 3, 1});
  make.Output("y");
  const graph::Graph graph = MustReadMade(make);
  EXPECT_EQ(BehindConvolution(graph), "");
  EXPECT_EQ(graph.value(graph.inputs[0]).shape, (tensor::Shape{1, 6, 6, 4}));
  EXPECT_TRUE(graph.metadata.notes.empty());
}

// Constants of any shape that broadcasts over a picture.
TEST(OnnxRead, ConstantsFollowThePicture) {
  struct Case {
    std::vector<int64_t> shape;
    tensor::Shape becomes;
  };
  for (const Case& each :
       {Case{{}, {1}}, Case{{4, 1, 1}, {4}}, Case{{1, 4, 1, 1}, {4}}, Case{{6}, {6, 1}},
        Case{{6, 1}, {6, 1, 1}}, Case{{4, 6, 6}, {6, 6, 4}}, Case{{1, 1, 6, 6}, {6, 6, 1}}}) {
    for (const char* op : {"Add", "Mul", "Sub", "Div"}) {
      OnnxMaker make = AfterConvolution(op, {"c"});
      make.Floats("c", each.shape, std::vector<float>(144, 2));
      make.graph().mutable_initializer(1)->mutable_raw_data()->resize(
          static_cast<size_t>(*tensor::ElementCount(each.shape)) * sizeof(float));
      const graph::Graph graph = MustReadMade(make);
      ASSERT_EQ(graph.nodes.size(), 2);
      EXPECT_EQ(graph.value(graph.nodes[1].inputs[1]).shape, each.becomes);
      const float expected = *op == 'S' ? -2 : *op == 'D' ? 0.5F : 2;
      EXPECT_EQ(graph.value(graph.nodes[1].inputs[1]).constant->As<float>()[0], expected);
    }
  }
  EXPECT_EQ(BehindConvolution(MustReadMade(AfterConvolution("Div", {"x"}))),
            R"(%3 "y": float32[1, 6, 6, 4] = div(%2, %0))");
}

TEST(OnnxRead, AxesFollowThePicture) {
  OnnxMaker make = AfterConvolution("Concat", {"x", "conv"});
  SetInt(LastNode(make), "axis", 1);
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y": float32[1, 6, 6, 12] = concatenation(%2, %0, %2) axis=3)");
  make = AfterConvolution("ReduceMean");
  SetInts(LastNode(make), "axes", {-1, 2});
  SetInt(LastNode(make), "keepdims", 0);
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y": float32[1, 4] = mean(%2) axes=[1, 2])");
  make = AfterConvolution("ReduceMean", {"axes"}, 18);
  make.Integers("axes", {1});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y": float32[1, 6, 6, 1] = mean(%2) axes=[3] keep_dims=true)");
  make = AfterConvolution("Softmax");
  SetInt(LastNode(make), "axis", 1);
  EXPECT_EQ(BehindConvolution(MustReadMade(make)), R"(%3 "y": float32[1, 6, 6, 4] = softmax(%2))");
  make = AfterConvolution("Pad", {"pads"});
  make.Integers("pads", {0, 0, 1, 2, 0, 3, 4, 5});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y": float32[1, 11, 13, 7] = pad(%2) before=[0, 1, 2, 0] after=[0, 4, 5, 3])");
}

// Before opset 13 a softmax goes over all dimensions from its axis on.
TEST(OnnxRead, SoftmaxOfOldFlattens) {
  OnnxMaker make = AfterConvolution("GlobalAveragePool", {}, 11);
  LastNode(make).set_output(0, "pool");
  make.Add("Softmax", "y", {"pool"});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "pool": float32[1, 1, 1, 4] = mean(%2) axes=[1, 2] keep_dims=true
%4 "y/shape": float32[1, 4] = reshape(%3) shape=[1, 4]
%5 "y": float32[1, 4] = softmax(%4)
%6 "y/shape": float32[1, 4, 1, 1] = reshape(%5) shape=[1, 4, 1, 1])");
  // Over a whole picture its elements must be moved.
  EXPECT_EQ(BehindConvolution(MustReadMade(AfterConvolution("Softmax", {}, 11))),
            R"(%3 "y/transposed": float32[1, 4, 6, 6] = transpose(%2) permutation=[0, 3, 1, 2]
%4 "y/shape": float32[1, 144] = reshape(%3) shape=[1, 144]
%5 "y": float32[1, 144] = softmax(%4)
%6 "y/shape": float32[1, 4, 6, 6] = reshape(%5) shape=[1, 4, 6, 6])");
}

// [N, C, H, W] to [N, C, H·W] and on to [N, H·W, C], as detectors and attention have it.
TEST(OnnxRead, ReshapesKeepTheChannelsBehind) {
  OnnxMaker make = AfterConvolution("Reshape", {"shape"});
  make.Integers("shape", {0, 0, -1});
  LastNode(make).set_output(0, "rows");
  SetInts(make.Add("Transpose", "y", {"rows"}), "perm", {0, 2, 1});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y/shape": float32[1, 36, 4] = reshape(%2) shape=[1, 36, 4])");
  // Squeezed, unsqueezed and flattened on the way to another convolution.
  make = AfterConvolution("GlobalAveragePool");
  LastNode(make).set_output(0, "pool");
  make.Integers("axes", {2, 3});
  make.Add("Squeeze", "squeezed", {"pool", "axes"});
  make.Add("Dropout", "dropped", {"squeezed"});
  make.Add("Unsqueeze", "again", {"dropped", "axes"});
  make.Add("Conv", "y", {"again", "w1"});
  make.Floats("w1", {2, 4, 1, 1});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "pool": float32[1, 1, 1, 4] = mean(%2) axes=[1, 2] keep_dims=true
%5 "y": float32[1, 1, 1, 2] = conv2d(%3, %4))");
}

TEST(OnnxRead, Padding) {
  auto padded = [](const std::vector<int64_t>& pads, int64_t stride, std::string_view automatic) {
    OnnxMaker make;
    make.Input("x", {1, 2, 7, 7});
    make.Floats("w", {2, 2, 3, 3});
    testing::onnx::NodeProto& node = make.Add("Conv", "y", {"x", "w"});
    if (!pads.empty()) SetInts(node, "pads", pads);
    SetInts(node, "strides", {stride, stride});
    if (!automatic.empty()) SetString(node, "auto_pad", automatic);
    make.Output("y");
    const graph::Graph graph = MustReadMade(make);
    return std::get<graph::Conv2D>(graph.nodes.at(0).op).padding;
  };
  using graph::Padding;
  using graph::PaddingKind;
  EXPECT_EQ(padded({}, 1, ""), Padding{PaddingKind::kValid});
  EXPECT_EQ(padded({0, 0, 0, 0}, 2, "NOTSET"), Padding{PaddingKind::kValid});
  EXPECT_EQ(padded({1, 1, 1, 1}, 1, ""), Padding{PaddingKind::kSame});
  EXPECT_EQ(padded({1, 1, 1, 1}, 2, ""), (Padding{PaddingKind::kExplicit, 1, 1, 1, 1}));
  EXPECT_EQ(padded({0, 1, 2, 3}, 1, ""), (Padding{PaddingKind::kExplicit, 0, 2, 1, 3}));
  EXPECT_EQ(padded({}, 2, "SAME_UPPER"), Padding{PaddingKind::kSame});
  EXPECT_EQ(padded({}, 2, "SAME_LOWER"), (Padding{PaddingKind::kExplicit, 1, 1, 1, 1}));
  EXPECT_EQ(padded({}, 3, "SAME_LOWER"), (Padding{PaddingKind::kExplicit, 1, 1, 1, 1}));
  EXPECT_EQ(padded({}, 1, "VALID"), Padding{PaddingKind::kValid});
}

TEST(OnnxRead, Pools) {
  OnnxMaker make = AfterConvolution("MaxPool");
  SetInts(LastNode(make), "kernel_shape", {2, 3});
  SetInts(LastNode(make), "strides", {2, 1});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y": float32[1, 3, 4, 4] = max_pool2d(%2) filter_h=2 filter_w=3 stride_h=2)");
  // Zeros around are no pixels; behind a ReLU they change nothing.
  SetInts(LastNode(make), "pads", {1, 1, 1, 1});
  EXPECT_ONNX_ERROR("its windows reach over the picture's edge", make);
  make = AfterConvolution("Relu");
  LastNode(make).set_output(0, "relu");
  testing::onnx::NodeProto& pool = make.Add("MaxPool", "y", {"relu"});
  SetInts(pool, "kernel_shape", {3, 3});
  SetInts(pool, "strides", {2, 2});
  SetInts(pool, "pads", {1, 1, 1, 1});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)), R"(%3 "relu": float32[1, 6, 6, 4] = activate(%2)
%4 "y/padded": float32[1, 8, 8, 4] = pad(%3) before=[0, 1, 1, 0] after=[0, 1, 1, 0]
%5 "y": float32[1, 3, 3, 4] = max_pool2d(%4) filter_h=3 filter_w=3 stride_h=2 stride_w=2)");
  // As TensorFlow has it.
  make = AfterConvolution("AveragePool");
  SetInts(LastNode(make), "kernel_shape", {3, 3});
  SetInts(LastNode(make), "strides", {2, 2});
  SetInts(LastNode(make), "pads", {0, 0, 1, 1});
  EXPECT_EQ(
      BehindConvolution(MustReadMade(make)),
      R"(%3 "y": float32[1, 3, 3, 4] = average_pool2d(%2) filter_h=3 filter_w=3 stride_h=2 stride_w=2 padding=same)");
  SetInt(LastNode(make), "count_include_pad", 1);
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y/padded": float32[1, 7, 7, 4] = pad(%2) before=[0, 0, 0, 0] after=[0, 1, 1, 0]
%4 "y": float32[1, 3, 3, 4] = average_pool2d(%3) filter_h=3 filter_w=3 stride_h=2 stride_w=2)");
  make = AfterConvolution("MaxPool");
  SetInts(LastNode(make), "kernel_shape", {3, 3});
  SetInts(LastNode(make), "strides", {2, 2});
  SetInt(LastNode(make), "ceil_mode", 1);
  EXPECT_EQ(
      BehindConvolution(MustReadMade(make)),
      R"(%3 "y": float32[1, 3, 3, 4] = max_pool2d(%2) filter_h=3 filter_w=3 stride_h=2 stride_w=2 padding=same)");
  EXPECT_EQ(
      BehindConvolution(MustReadMade(AfterConvolution("GlobalMaxPool"))),
      R"(%3 "y": float32[1, 1, 1, 4] = max_pool2d(%2) filter_h=6 filter_w=6 stride_h=6 stride_w=6)");
}

TEST(OnnxRead, Clips) {
  auto clip = [](std::optional<float> low, std::optional<float> high, bool inputs) {
    OnnxMaker make = AfterConvolution("Clip", {}, inputs ? 13 : 7);
    if (inputs) {
      LastNode(make).add_input(low ? "low" : "");
      if (low) make.Floats("low", {}, {*low});
      if (high) LastNode(make).add_input("high");
      if (high) make.Floats("high", {}, {*high});
    } else {
      if (low) SetFloat(LastNode(make), "min", *low);
      if (high) SetFloat(LastNode(make), "max", *high);
    }
    return make;
  };
  for (const bool inputs : {false, true}) {
    EXPECT_EQ(BehindConvolution(MustReadMade(clip(0, 6, inputs))),
              R"(%3 "y": float32[1, 6, 6, 4] = activate(%2) activation=relu6)");
    EXPECT_EQ(BehindConvolution(MustReadMade(clip(0, {}, inputs))),
              R"(%3 "y": float32[1, 6, 6, 4] = activate(%2))");
    EXPECT_EQ(MustReadMade(clip({}, {}, inputs)).nodes.size(), 1);
    EXPECT_ONNX_ERROR("two finite bounds, or 0 and none, are read", clip({}, 6, inputs));
    // relu6(x · 2 + 1) · 0.5 − 0.5 is x between −0.5 and 2.5.
    const graph::Graph between = MustReadMade(clip(-0.5F, 2.5F, inputs));
    EXPECT_EQ(BehindConvolution(between), R"(%4 "y/line/scaled": float32[1, 6, 6, 4] = mul(%2, %3)
%6 "y/line": float32[1, 6, 6, 4] = add(%4, %5)
%7 "y/kept": float32[1, 6, 6, 4] = activate(%6) activation=relu6
%9 "y/scaled": float32[1, 6, 6, 4] = mul(%7, %8)
%11 "y": float32[1, 6, 6, 4] = add(%9, %10))");
  }
}

TEST(OnnxRead, HardSigmoidsAndTheirProducts) {
  OnnxMaker make = AfterConvolution("HardSigmoid");
  SetFloat(LastNode(make), "alpha", 1.0F / 6);
  EXPECT_EQ(BehindConvolution(MustReadMade(make)), R"(%4 "y/line": float32[1, 6, 6, 4] = add(%2, %3)
%5 "y/kept": float32[1, 6, 6, 4] = activate(%4) activation=relu6
%7 "y": float32[1, 6, 6, 4] = mul(%5, %6))");
  EXPECT_EQ(BehindConvolution(MustReadMade(AfterConvolution("HardSwish"))),
            R"(%3 "y": float32[1, 6, 6, 4] = hard_swish(%2))");
}

// Weights of float16, by bits, and integers that are weights.
TEST(OnnxRead, WeightsOfOtherTypes) {
  OnnxMaker make = AfterConvolution("Relu");
  testing::onnx::TensorProto& w = *make.graph().mutable_initializer(0);
  w.set_data_type(10);
  std::string halves;
  for (int i = 0; i < 144; ++i) halves += std::string("\x00\x3c", 2);
  w.set_raw_data(halves);
  graph::Graph graph = MustReadMade(make);
  EXPECT_EQ(graph.value(graph.nodes[0].inputs[1]).constant->As<float>()[7], 1);
  w.set_data_type(11);
  w.set_raw_data(std::string(144 * 8, '\0'));
  EXPECT_ONNX_ERROR("a constant of type float64", make);
  // Integer weights under activations of float32 are those reals.
  make = OnnxMaker();
  make.Input("x", {1, 2});
  make.Bytes("w", {2, 1}, {3, -4});
  make.Floats("scale", {}, {0.5F});
  make.Bytes("zero", {}, {1});
  make.Add("DequantizeLinear", "wq", {"w", "scale", "zero"});
  make.Add("MatMul", "y", {"x", "wq"});
  make.Output("y");
  graph = MustReadMade(make);
  const auto weights = graph.value(graph.nodes[0].inputs[1]).constant->As<float>();
  EXPECT_EQ(std::vector<float>(weights.begin(), weights.end()), (std::vector<float>{1, -2.5F}));
}

TEST(OnnxRead, WeightsInFilesBeside) {
  OnnxMaker make = AfterConvolution("Relu");
  testing::onnx::TensorProto& w = *make.graph().mutable_initializer(0);
  const std::string weights = w.raw_data();
  auto place = [&](const std::string& location, const std::string& offset, const char* length) {
    w.clear_raw_data();
    w.clear_external_data();
    w.set_data_location(testing::onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : {std::pair<std::string, std::string>{"location", location},
                                     {"offset", offset},
                                     {"length", length}}) {
      testing::onnx::StringStringEntryProto& entry = *w.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
  };
  ReadOptions options;
  options.file_beside = [&](const std::string& name) -> Result<tensor::SharedBytes> {
    if (name != "weights.bin") return Fail(ErrorCode::kNotFound, "no such file");
    return tensor::SharedBytes::Copy<char>("12345678" + weights);
  };
  place("weights.bin", "8", "576");
  const graph::Graph graph = MustReadMade(make, options);
  const graph::Graph same = MustReadMade(AfterConvolution("Relu"));
  EXPECT_TRUE(std::ranges::equal(graph.value(graph.nodes[0].inputs[1]).constant->As<float>(),
                                 same.value(same.nodes[0].inputs[1]).constant->As<float>()));
  EXPECT_ONNX_ERROR("read of a folder only", make);
  for (const char* location : {"", "/weights.bin", "../weights.bin", "a/../../b", "..\\b"}) {
    place(location, "8", "576");
    EXPECT_ONNX_ERROR("only files within the model's folder are read", make, options);
  }
  place("other.bin", "8", "576");
  EXPECT_ONNX_ERROR("the file 'other.bin' beside the model › no such file", make, options);
  place("weights.bin", "9", "576");
  EXPECT_ONNX_ERROR("its 576 bytes are to be at 9", make, options);
  place("weights.bin", "9223372036854775807", "576");
  EXPECT_ONNX_ERROR("its 576 bytes are to be at", make, options);
  place("weights.bin", "8", "575");
  EXPECT_ONNX_ERROR("its 576 bytes are to be at 8", make, options);
  place("weights.bin", "-8", "576");
  EXPECT_ONNX_ERROR("its offset in another file is '-8'", make, options);
}

TEST(OnnxRead, ShapesOfInputs) {
  OnnxMaker make = AfterConvolution("Relu");
  auto* dim = make.graph()
                  .mutable_input(0)
                  ->mutable_type()
                  ->mutable_tensor_type()
                  ->mutable_shape()
                  ->mutable_dim(2);
  dim->set_dim_param("height");
  EXPECT_ONNX_ERROR("leaves its dimension 2 open; state it with --input-shapes", make);
  const graph::Graph graph = MustReadMade(make, {.input_shapes = {{2, 4, 8, 9}}});
  EXPECT_EQ(graph.value(graph.inputs[0]).shape, (tensor::Shape{2, 8, 9, 4}));
  EXPECT_ONNX_ERROR("it has 4 dimensions", make, {.input_shapes = {{2, 4}}});
  EXPECT_ONNX_ERROR("has 2 shapes, the model 1 inputs", make, {.input_shapes = {{2}, {2}}});
  make.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  EXPECT_ONNX_ERROR("the graph does not say its shape", make);
}

TEST(OnnxRead, WhatOurOwnFilesSayOfThemselves) {
  OnnxMaker make = AfterConvolution("Relu");
  make.model.set_doc_string("of birds");
  tensor::InputContract contract;
  contract.width = contract.height = 6;
  auto add = [&](const char* key, const std::string& value) {
    testing::onnx::StringStringEntryProto& entry = *make.model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  };
  add("goldcrest.input_contract", tensor::ToJson(contract));
  add("goldcrest.labels", "wren\nrobin\n");
  add("other", "anything");
  const graph::Graph graph = MustReadMade(make);
  EXPECT_EQ(graph.metadata.description, "of birds");
  EXPECT_EQ(graph.metadata.input_contract, contract);
  EXPECT_EQ(graph.metadata.labels, (std::vector<std::string>{"wren", "robin"}));
  add("goldcrest.labels", "\xff");
  EXPECT_ONNX_ERROR("is no text in UTF-8", make);
}

TEST(OnnxRead, PartsAndSizesOfPictures) {
  OnnxMaker make = AfterConvolution("Slice", {"starts", "ends", "axes", "steps"});
  make.Integers("starts", {1, -1});
  make.Integers("ends", {3, -100});
  make.Integers("axes", {1, 3});
  make.Integers("steps", {1, -2});
  EXPECT_EQ(
      BehindConvolution(MustReadMade(make)),
      R"(%3 "y": float32[1, 6, 3, 2] = strided_slice(%2) begin=[0, 0, 5, 1] size=[-1, -1, 3, 2] stride=[1, 1, -2, 1])");
  make = AfterConvolution("Split", {"sizes"});
  make.Integers("sizes", {1, 3});
  SetInt(LastNode(make), "axis", 1);
  LastNode(make).add_output("z");
  make.Output("z");
  EXPECT_EQ(
      BehindConvolution(MustReadMade(make)),
      R"(%3 "y": float32[1, 6, 6, 1] = strided_slice(%2) begin=[0, 0, 0, 0] size=[-1, -1, -1, 1] stride=[1, 1, 1, 1]
%4 "z": float32[1, 6, 6, 3] = strided_slice(%2) begin=[0, 0, 0, 1] size=[-1, -1, -1, 3] stride=[1, 1, 1, 1])");
  make = AfterConvolution("Resize", {"", "scales"});
  make.Floats("scales", {4}, {1, 1, 2, 3});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y": float32[1, 12, 18, 4] = resize_nearest(%2) height=12 width=18)");
  SetString(LastNode(make), "mode", "linear");
  EXPECT_EQ(
      BehindConvolution(MustReadMade(make)),
      R"(%3 "y": float32[1, 12, 18, 4] = resize_bilinear(%2) height=12 width=18 half_pixel_centers=true)");
  // Elements that must change their order are transposed.
  make = AfterConvolution("Reshape", {"shape"});
  make.Integers("shape", {2, 72});
  EXPECT_EQ(BehindConvolution(MustReadMade(make)),
            R"(%3 "y/transposed": float32[1, 4, 6, 6] = transpose(%2) permutation=[0, 3, 1, 2]
%4 "y/shape": float32[2, 72] = reshape(%3) shape=[2, 72])");
}

}  // namespace
}  // namespace goldcrest::formats::onnx
