#include <gtest/gtest.h>

#include <algorithm>

#include "api/constants.h"
#include "architectures/architectures.h"
#include "archive/zip_reader.h"
#include "formats/keras/keras.h"
#include "formats/keras/layer_names.h"
#include "formats/keras/written_model.h"
#include "graph/text.h"
#include "passes/passes.h"
#include "support/random.h"
#include "support/random_graph.h"
#include "support/read_model.h"
#include "support/run_graph.h"
#include "support/shared.h"

namespace goldcrest::formats::keras {
namespace {

struct Form {
  const char* name;
  Result<std::vector<std::byte>> (*write)(const graph::Graph& graph);
  Result<graph::Graph> (*read)(std::span<const std::byte> file);
};

constexpr Form kKeras = {".keras", WriteKeras, ReadKeras};
constexpr Form kH5 = {".h5", WriteH5, ReadH5};

graph::Graph MustRoundTrip(const graph::Graph& graph, const Form& form) {
  auto bytes = form.write(graph);
  if (!bytes) {
    ADD_FAILURE() << form.name << ": " << bytes.error().ToString();
    return {};
  }
  auto read = form.read(*bytes);
  if (!read) ADD_FAILURE() << form.name << ": " << read.error().ToString();
  return read ? std::move(*read) : graph::Graph();
}

// All outputs on noise.
std::vector<std::vector<float>> Outputs(const graph::Graph& graph) {
  runtime::Executor executor = testing::MustPrepare(graph, {}, base::Isa::kScalar);
  testing::Random random(3);
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    for (float& x : executor.input(i).As<float>()) x = random.Float();
  }
  executor.Run();
  std::vector<std::vector<float>> outputs;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    std::span<const float> out = executor.output(i).As<float>();
    outputs.emplace_back(out.begin(), out.end());
  }
  return outputs;
}

void ExpectSameOutputs(const graph::Graph& graph) {
  const auto expected = Outputs(graph);
  for (const Form& form : {kKeras, kH5}) {
    EXPECT_EQ(Outputs(MustRoundTrip(graph, form)), expected) << form.name << "\n"
                                                             << graph::ToText(graph);
  }
}

std::string WriteError(const std::string& text) {
  auto written = WriteKeras(testing::MustParse(text));
  return written ? "written" : written.error().ToString();
}

void ExpectError(const std::string& text, const std::string& part) {
  EXPECT_NE(WriteError(text).find(part), std::string::npos) << WriteError(text);
}

// Keras wrote these files in its own order of layers, with its own names.
TEST(KerasWrite, ModelsOfKerasComeBackAsTheyWere) {
  REQUIRE_SHARED();
  for (const char* name : {"keras_mobilenet_v1_025_224.h5", "keras_mobilenet_v1_025_224.keras",
                           "keras_mobilenet_v2_100_224.h5", "pretrainedResnet.h5", "vww_96.h5",
                           "str_ww_ref_model.h5"}) {
    const graph::Graph graph =
        testing::MustRead(testing::SharedFile(std::string("models/") + name));
    for (const Form& form : {kKeras, kH5}) {
      const graph::Graph read = MustRoundTrip(graph, form);
      EXPECT_TRUE(graph::ToText(read) == graph::ToText(graph)) << name << " " << form.name;
    }
  }
}

// Its additions of numbers, operations there, become layers, whose numbers have other names.
TEST(KerasWrite, MobileNetV3ComputesTheSame) {
  REQUIRE_SHARED();
  const graph::Graph graph =
      testing::MustRead(testing::SharedFile("models/keras_mobilenet_v3_small_050_96.keras"));
  const graph::Graph keras = MustRoundTrip(graph, kKeras);
  ASSERT_EQ(keras.nodes.size(), graph.nodes.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    EXPECT_EQ(keras.NameOf(keras.nodes[i]), graph.NameOf(graph.nodes[i]));
    EXPECT_EQ(graph::NameOf(keras.nodes[i].op), graph::NameOf(graph.nodes[i].op));
  }
  EXPECT_EQ(Outputs(keras), Outputs(graph));
  EXPECT_TRUE(graph::ToText(MustRoundTrip(keras, kKeras)) == graph::ToText(keras));
  // Keras 2 has no hard-swish.
  const graph::Graph h5 = MustRoundTrip(graph, kH5);
  const auto expected = Outputs(graph)[0];
  const auto found = Outputs(h5)[0];
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6);
}

TEST(KerasWrite, ArchitecturesComputeTheSame) {
  for (std::string_view name : architectures::Names()) {
    auto graph = architectures::Build(name, {.alpha = 0.25, .size = 32, .classes = 7});
    ASSERT_TRUE(graph) << graph.error().ToString();
    architectures::FillRandom(1, *graph);
    const graph::Graph read = MustRoundTrip(*graph, kKeras);
    EXPECT_EQ(Outputs(read), Outputs(*graph)) << name;
    EXPECT_TRUE(read.metadata.input_contract == graph->metadata.input_contract) << name;
  }
}

TEST(KerasWrite, RandomGraphsComputeTheSame) {
  for (uint64_t seed = 0; seed < (GOLDCREST_SANITIZED ? 20 : 100); ++seed) {
    graph::Graph graph = testing::RandomGraph(seed);
    // Constants computed of constants are no layers.
    std::vector<std::string> disabled;
    for (const passes::Pass& pass : passes::Passes()) {
      if (pass.name != "fold_constants") disabled.emplace_back(pass.name);
    }
    ASSERT_TRUE(passes::Run(graph, {.disabled = disabled, .evaluate = api::ConstantEvaluator()}));
    ExpectSameOutputs(graph);
    // What is fused has a layer too.
    ASSERT_TRUE(passes::Run(graph, {.evaluate = api::ConstantEvaluator()}));
    EXPECT_EQ(Outputs(MustRoundTrip(graph, kKeras)), Outputs(graph)) << graph::ToText(graph);
  }
}

TEST(KerasWrite, OperatorsThatNoNetworkAboveHas) {
  ExpectSameOutputs(testing::MustParse(R"(graph "all"
input %0 "left": float32[-1, 6, 6, 3]
input %1 "right": float32[-1, 6, 6, 3]
const %2 "w": float32[4, 3, 3, 3] = random(1)
const %3 "d": float32[1, 2, 2, 8] = random(2)
const %4 "b": float32[8] = random(3)
const %5 "shift": float32[1, 1, 8] = random(4)
const %6 "u": float32[5, 8] = random(5)
%7 "a": float32[] = conv2d(%0, %2) dilation_h=2 dilation_w=2 padding=same activation=relu6
%8 "b": float32[] = conv2d(%1, %2) padding=1,1,1,1
%9 "tanh": float32[] = tanh(%8)
%10 "leaky": float32[] = leaky_relu(%7) alpha=0.125
%11 "both": float32[] = concatenation(%9, %10) axis=3
%12 "sum": float32[] = add(%11, %5) activation=relu
%13 "mean": float32[] = mean(%12) axes=[1, 2] keep_dims=true
%14 "sigmoid": float32[] = logistic(%13)
%15 "gated": float32[] = mul(%12, %14) activation=relu6
%16 "max": float32[] = max_pool2d(%15) filter_h=2 filter_w=3 stride_h=2 stride_w=1
%17 "cut": float32[] = reshape(%16) shape=[-1, 12, 8]
%18 "dense/linear": float32[] = fully_connected(%17, %6)
%19 "dense": float32[] = softmax(%18)
%20 "flat": float32[] = reshape(%19) shape=[-1, 60]
%21 "none": float32[] = activate(%20) activation=none
output %21
output %9
output %0
)"));
}

// Weights that two nodes share are in the file once.
TEST(KerasWrite, LayersThatAreCalledTwiceStaySo) {
  const graph::Graph graph = testing::MustParse(R"(graph "twice"
input %0 "x": float32[-1, 4]
const %1 "fc/kernel": float32[4, 4] = random(1)
const %2 "fc/bias": float32[4] = random(2)
const %3 "bn/gamma": float32[4] = random(3)
const %4 "bn/beta": float32[4] = random(4)
const %5 "bn/moving_mean": float32[4] = random(5)
const %6 "bn/moving_variance": float32[4] = {1, 2, 3, 4}
%7 "fc": float32[] = fully_connected(%0, %1, %2) activation=relu
%8 "bn": float32[] = batch_norm(%7, %3, %4, %5, %6) momentum=0.5
%9 "fc/call_2": float32[] = fully_connected(%8, %1, %2) activation=relu
%10 "bn/call_2": float32[] = batch_norm(%9, %3, %4, %5, %6) momentum=0.5
output %10
)");
  for (const Form& form : {kKeras, kH5}) {
    const graph::Graph read = MustRoundTrip(graph, form);
    EXPECT_EQ(graph::ConstantBytes(read), graph::ConstantBytes(graph)) << form.name;
    EXPECT_EQ(Outputs(read), Outputs(graph)) << form.name;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      EXPECT_EQ(read.NameOf(read.nodes[i]), graph.NameOf(graph.nodes[i]));
    }
    EXPECT_NE(graph::ToText(read).find("momentum=0.5"), std::string::npos);
  }
}

// The order in which Keras 3.15 and tf_keras 2.21 list these layers, whatever the order of a file.
TEST(KerasWrite, LayersAreInKerasOrder) {
  const graph::Graph graph = testing::MustParse(R"(graph "order"
input %0 "a": float32[-1, 4]
input %1 "b": float32[-1, 4]
input %2 "unread": float32[-1, 4]
const %3 "w1": float32[4, 4] = random(1)
const %4 "w2": float32[4, 4] = random(2)
const %5 "w3": float32[4, 4] = random(3)
const %6 "w4": float32[4, 4] = random(4)
const %7 "w5": float32[4, 4] = random(5)
%8 "short": float32[] = fully_connected(%0, %3)
%9 "side": float32[] = fully_connected(%8, %4)
%10 "shared": float32[] = fully_connected(%1, %5)
%11 "tanh": float32[] = tanh(%10)
%12 "shared/call_2": float32[] = fully_connected(%11, %5)
%13 "long": float32[] = fully_connected(%12, %6)
%14 "sum": float32[] = add(%8, %13)
%15 "out": float32[] = fully_connected(%14, %7)
output %15
output %9
)");
  auto model = ToLayers(graph, Spelling::kKeras3);
  ASSERT_TRUE(model) << model.error().ToString();
  std::vector<std::string> names;
  for (const WrittenLayer& layer : model->layers) names.push_back(layer.name);
  EXPECT_EQ(names, (std::vector<std::string>{"b", "shared", "tanh", "a", "short", "long", "sum",
                                             "unread", "out", "side"}));
  EXPECT_EQ(Outputs(MustRoundTrip(graph, kH5)), Outputs(graph));
}

TEST(KerasWrite, TheSameGraphGivesTheSameBytes) {
  const graph::Graph graph = testing::RandomGraph(12);
  for (const Form& form : {kKeras, kH5}) {
    auto first = form.write(graph);
    auto second = form.write(graph);
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(*first == *second) << form.name;
  }
  auto keras = WriteKeras(graph);
  auto zip = archive::ZipReader::Open(*keras);
  ASSERT_TRUE(zip);
  EXPECT_EQ(zip->names(),
            (std::vector<std::string>{"metadata.json", "config.json", "model.weights.h5"}));
}

TEST(KerasWrite, ContractAndLabelsGoAlong) {
  graph::Graph graph = testing::MustParse(R"(graph "g"
input %0 "x": float32[-1, 8, 8, 3]
%1 "y": float32[] = tanh(%0)
output %1
)");
  for (const Form& form : {kKeras, kH5}) {
    graph::Graph plain = MustRoundTrip(graph, form);
    EXPECT_FALSE(plain.metadata.input_contract);
    EXPECT_TRUE(plain.metadata.labels.empty());
  }
  graph.metadata.input_contract =
      tensor::InputContract{.width = 8, .height = 8, .crop_fraction = 0.5};
  graph.metadata.labels = {"meisje", "", "großer Vogel, 大"};
  for (const Form& form : {kKeras, kH5}) {
    graph::Graph read = MustRoundTrip(graph, form);
    EXPECT_TRUE(read.metadata.input_contract == graph.metadata.input_contract) << form.name;
    EXPECT_EQ(read.metadata.input_contract_from, "the file (GOLDCREST_INPUT)");
    EXPECT_EQ(read.metadata.labels, graph.metadata.labels) << form.name;
  }
  graph.metadata.labels = {std::string("a\0b", 3)};
  EXPECT_FALSE(WriteH5(graph));
  graph.metadata.labels = {"\xff"};
  auto bytes = WriteKeras(graph);
  ASSERT_TRUE(bytes);
  auto read = ReadKeras(*bytes);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().ToString().find("GOLDCREST_LABELS is no text in UTF-8"),
            std::string::npos);
}

// Lists of names that one attribute of an HDF5 file cannot hold.
TEST(KerasWrite, LongListsOfNamesAreSplit) {
  graph::Graph graph;
  graph.name = "long";
  graph::ValueId at = graph.AddValue({.name = "x", .shape = {-1, 2}});
  graph.inputs = {at};
  for (int i = 0; i < 150; ++i) {
    at = graph.AddNode(graph::Tanh{}, {at}, base::Cat("layer_", i, "_", std::string(900, 'y')));
  }
  graph.outputs = {at};
  for (const Form& form : {kKeras, kH5}) {
    graph::Graph read = MustRoundTrip(graph, form);
    ASSERT_EQ(read.nodes.size(), graph.nodes.size());
    EXPECT_EQ(read.NameOf(read.nodes.back()), graph.NameOf(graph.nodes.back()));
  }
}

TEST(KerasWrite, NamesAreValidAndUnique) {
  EXPECT_EQ(ValidName("block/conv 1:0"), "block_conv_1_0");
  EXPECT_EQ(ValidName("_x"), "layer_x");
  EXPECT_EQ(ValidName(""), "layer");
  EXPECT_EQ(ValidName("é.b-c"), "layer__.b-c");
  LayerNames names({"a", "a", "a_b", "a/b"});
  EXPECT_EQ(names.Take("a/b"), "a_b_1");  // a_b is somebody else's
  EXPECT_EQ(names.Take("a"), "a");
  EXPECT_EQ(names.Take("a"), "a_1");
  EXPECT_EQ(names.Take("a_b"), "a_b");
  EXPECT_EQ(names.Take("c"), "c");
}

// A model for one picture is trained on many.
TEST(KerasWrite, ABatchOfOneBecomesAnyBatch) {
  const graph::Graph read = MustRoundTrip(testing::MustParse(R"(graph "g"
input %0 "x": float32[1, 2, 3]
%1 "y": float32[] = reshape(%0) shape=[1, 6]
output %1
)"),
                                          kKeras);
  EXPECT_EQ(read.value(read.inputs[0]).shape, (tensor::Shape{-1, 2, 3}));
  EXPECT_EQ(read.value(read.outputs[0]).shape, (tensor::Shape{-1, 6}));
}

// What is only for training is gone but for dropout; what no output reads is gone.
TEST(KerasWrite, WhatIsNotNeededIsLeftOut) {
  const graph::Graph graph = testing::MustParse(R"(graph "g"
input %0 "x": float32[-1, 4]
%2 "flip": float32[] = training_only(%0) layer=RandomFlip
%3 "dropout": float32[] = dropout(%2) rate=0.25
%4 "unread": float32[] = softmax(%3) beta=2
%5 "y": float32[] = tanh(%3)
output %5
)");
  const graph::Graph read = MustRoundTrip(graph, kKeras);
  ASSERT_EQ(read.nodes.size(), 2U);
  EXPECT_EQ(std::get<graph::Dropout>(read.nodes[0].op).rate, 0.25);
}

TEST(KerasWrite, WhatNoLayerComputesIsNamed) {
  const std::string head = R"(graph "g"
input %0 "x": float32[2, 4, 4, 3]
)";
  const std::string tail = "output %2\n";
  auto with = [&](const std::string& middle) { return head + middle + "\n" + tail; };
  ExpectError(
      with(R"(const %1 "c": float32[4, 1] = random(1)
%2 "odd": float32[] = add(%0, %1))"),
      "operator 0 add 'odd' › its constant 'c' has the shape [4, 1], neither one number nor "
      "one a channel; Keras has no layer for it");
  ExpectError(with(R"(const %1 "c": float32[1] = {inf}
%2 "odd": float32[] = mul(%0, %1))"),
              "its constant holds inf");
  ExpectError(with(R"(const %1 "c": float32[2, 4, 4, 1] = random(1)
%2 "odd": float32[] = concatenation(%0, %1) axis=3)"),
              "reads the constant 'c'");
  ExpectError(with(R"(%1 "y": float32[] = tanh(%0)
%2 "odd": float32[] = concatenation(%0, %1) axis=0)"),
              "joins along the batch");
  ExpectError(with(R"(%2 "odd": float32[] = softmax(%0) beta=2)"), "its beta is 2");
  ExpectError(with(R"(%2 "odd": float32[] = mean(%0) axes=[1])"), "mean over the axes [1]");
  ExpectError(with(R"(%2 "odd": float32[] = pad(%0) before=[0, 0, 0, 1] after=[0, 0, 0, 0])"),
              "pads [0, 0, 0, 1] before");
  ExpectError(with(R"(%2 "odd": float32[] = reshape(%0) shape=[1, 96])"), "changes the batch");
  ExpectError(with(R"(const %1 "w": float32[1, 1, 1, 3] = random(1)
%2 "odd": float32[] = conv2d(%0, %1) stride_h=2 stride_w=2 dilation_h=2 dilation_w=2)"),
              "strides and dilations at once");
  ExpectError(with(R"(input %1 "z": float32[4, 3]
%2 "odd": float32[] = add(%0, %1))"),
              "its operands have the shapes [2, 4, 4, 3] and [4, 3]");
  ExpectError(R"(graph "g"
input %0 "x": int8[1, 4] scale=0.5 zero_point=1
%1 "y": float32[] = dequantize(%0)
output %1
)",
              "'x' is of type int8; quantized models have no Keras form, they are written as "
              ".tflite");
  ExpectError(R"(graph "g"
input %0 "x": float32[1, 4]
const %1 "c": float32[1, 4] = random(1)
output %1
)",
              "the output 'c' is a constant");
}

}  // namespace
}  // namespace goldcrest::formats::keras
