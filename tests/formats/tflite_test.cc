#include "formats/tflite/tflite.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "formats/tflite/stored_zip.h"
#include "graph/text.h"
#include "passes/passes.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/small_graphs.h"
#include "support/temporary.h"
#include "tensor/difference.h"

namespace goldcrest::formats::tflite {
namespace {

using testing::MustParse;
using testing::TemporaryFolder;

constexpr char kModel[] = R"(graph "toy"
  input %0 "x": float32[-1, 9, 8, 3]
  const %1 "w": float32[4, 3, 3, 3] = random(1)
  const %2 "d": float32[1, 3, 3, 8] = random(2)
  const %3 "v": float32[8] = {1, 2, 3, 4, 5, 6, 7, 8}
  const %4 "f": float32[5, 8] = random(4)
  const %5 "b": float32[5] = random(5)
  %6 "same": float32[-1, 5, 4, 4] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=1,1,0,1 activation=relu6
  %7 "explicit": float32[-1, 5, 5, 8] = depthwise_conv2d(%6, %2) padding=1,1,2,1
  %8 "norm": float32[-1, 5, 5, 8] = batch_norm(%7, %3, %3, %3, %3)
  %9 "relu": float32[-1, 5, 5, 8] = activate(%8)
  %21 "largest": float32[-1, 5, 5, 8] = max_pool2d(%9) filter_h=3 filter_w=2 padding=same
  %22 "average": float32[-1, 5, 5, 8] = average_pool2d(%9) filter_h=3 filter_w=2 padding=same
  %23 "beside": float32[-1, 10, 5, 8] = concatenation(%21, %22) axis=1
  %24 "swish": float32[-1, 10, 5, 8] = hard_swish(%23)
  %25 "sigmoid": float32[-1, 10, 5, 8] = logistic(%24)
  %26 "tanh": float32[-1, 10, 5, 8] = tanh(%25)
  %27 "leaky": float32[-1, 10, 5, 8] = leaky_relu(%26) alpha=0.125
  const %28 "rounded/min": float32[1] = {-1}
  const %29 "rounded/max": float32[1] = {3}
  %30 "rounded": float32[-1, 10, 5, 8] = fake_quant(%27, %28, %29) bits=12 narrow_range=true
  %10 "pad": float32[-1, 11, 7, 8] = pad(%30) before=[0, 1, 0, 0] after=[0, 0, 2, 0]
  %11 "mean": float32[-1, 1, 1, 8] = mean(%10) axes=[1, 2] keep_dims=true
  %12 "shape": int32[4] = shape(%11)
  %13 "batch": int32[] = strided_slice(%12) begin=[0] size=[1] stride=[1] dropped=[0]
  const %14 "eight": int32[] = {8}
  %15 "target": int32[2] = pack(%13, %14)
  %16 "flat": float32[-1, 8] = reshape(%11, %15)
  %17 "dense": float32[-1, 5] = fully_connected(%16, %4, %5)
  %18 "double": float32[-1, 5] = add(%17, %17)
  %19 "scaled": float32[-1, 5] = mul(%18, %5)
  %20 "scores": float32[-1, 5] = softmax(%19) beta=0.5
  output %20
)";

graph::Graph Model() {
  graph::Graph graph = MustParse(kModel);
  tensor::InputContract contract;
  contract.width = 8;
  contract.height = 9;
  contract.normalization.kind = tensor::NormalizationKind::kTf;
  graph.metadata.input_contract = contract;
  graph.metadata.labels = {"ant", "bee", "cat", "dog", "emu"};
  return graph;
}

std::string Encoded(const graph::Graph& graph) {
  auto bytes = Write(graph);
  if (!bytes) ADD_FAILURE() << bytes.error().ToString();
  return std::string(base::AsText(*bytes));
}

Result<graph::Graph> ReadBytes(const TemporaryFolder& folder, std::string_view bytes) {
  auto file = base::MappedFile::Open(folder.Write("model.tflite", bytes));
  return Read(std::move(*file));
}

TEST(Tflite, KeepsWhatTheGraphComputesAndSays) {
  TemporaryFolder folder;
  graph::Graph graph = Model();
  auto back = ReadBytes(folder, Encoded(graph));
  ASSERT_TRUE(back) << back.error().ToString();
  std::vector<float> before = testing::RunOnNoise(graph, 3);
  std::vector<float> after = testing::RunOnNoise(*back, 3);
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(before[i], after[i], 1e-6);
  EXPECT_EQ(back->value(back->inputs[0]).shape, (tensor::Shape{-1, 9, 8, 3}));
  EXPECT_EQ(back->value(back->outputs[0]).shape, (tensor::Shape{-1, 5}));
  EXPECT_EQ(back->input_names, std::vector<std::string>{"x"});
  EXPECT_EQ(back->output_names, std::vector<std::string>{"scores"});
  EXPECT_EQ(back->metadata.labels, graph.metadata.labels);
  EXPECT_EQ(back->metadata.input_contract, graph.metadata.input_contract);
  EXPECT_EQ(back->metadata.input_contract_from, "the file (GOLDCREST_INPUT)");
  EXPECT_TRUE(back->metadata.notes.empty());
}

TEST(Tflite, PaddingIsSameWhereItIsEqualAndAnOperatorElse) {
  TemporaryFolder folder;
  auto back = ReadBytes(folder, Encoded(Model()));
  ASSERT_TRUE(back);
  std::string text = graph::ToText(*back);
  EXPECT_NE(text.find("\"same\": float32[-1, 5, 4, 4] = conv2d(%0, %1, %31) stride_h=2 stride_w=2 "
                      "padding=same activation=relu6"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("pad(%6) before=[0, 1, 2, 0] after=[0, 1, 1, 0]"), std::string::npos) << text;
}

TEST(Tflite, TheSameGraphGivesTheSameBytes) {
  TemporaryFolder folder;
  std::string first = Encoded(Model());
  EXPECT_TRUE(first == Encoded(Model()));
  // What is read and written again reaches a fixed point, once the operands that became attributes
  // are dropped.
  auto again = [&](const std::string& file) {
    auto graph = ReadBytes(folder, file);
    EXPECT_TRUE(graph);
    passes::RemoveDeadCode(*graph);
    return Encoded(*graph);
  };
  std::string second = again(first);
  EXPECT_TRUE(second == again(second));
}

// Types and scales come back; what has no bias gets one of zeros, of the type and scale that fit.
TEST(Tflite, KeepsQuantization) {
  TemporaryFolder folder;
  auto back = ReadBytes(folder, Encoded(MustParse(testing::SmallQuantizedGraphText())));
  ASSERT_TRUE(back) << back.error().ToString();
  std::string text = graph::ToText(*back);
  for (const char* line :
       {"input %0 \"x\": uint8[-1, 9, 8, 3] scale=0.0078125 zero_point=128\n",
        "\"w\": int8[4, 3, 3, 3] scale=[0.5, 0.25, 1, 2] = #",
        "\"d\": int8[1, 3, 3, 4] scale=[1, 2, 3, 4] axis=3 = #",
        "\"conv/pad\": int8[-1, 13, 10, 3] scale=0.0078125 = pad(",
        "\"conv\": int8[-1, 6, 4, 4] scale=0.1 zero_point=-3 = conv2d(",
        "\"depthwise/bias\": int32[4] scale=[0.1, 0.2, 0.3, 0.4] = {0, 0, 0, 0}\n",
        "\"dense/bias\": int32[5] scale=0.025 = {0, 0, 0, 0, 0}\n",
        "\"hybrid/bias\": float32[5] = {0, 0, 0, 0, 0}\n", " asymmetric_inputs=true\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST(Tflite, WhatHasNoFormIsRefusedWithTheRemedy) {
  graph::Graph graph = MustParse(
      "input %0 \"x\": float32[1, 2]\n%1 \"d\": float32[1, 2] = dropout(%0)\noutput %1\n");
  auto bytes = Write(graph);
  ASSERT_FALSE(bytes);
  EXPECT_NE(bytes.error().ToString().find("leave the pass remove_training on"), std::string::npos);
}

TEST(Tflite, DamagedLabelsAreANote) {
  TemporaryFolder folder;
  std::string file = Encoded(Model());
  file[file.find("emu\n")] = 'X';
  auto graph = ReadBytes(folder, file);
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_TRUE(graph->metadata.labels.empty());
  ASSERT_EQ(graph->metadata.notes.size(), 1U);
  EXPECT_NE(graph->metadata.notes[0].find("--labels"), std::string::npos);
}

TEST(Tflite, ADamagedInputContractIsAnError) {
  TemporaryFolder folder;
  std::string file = Encoded(Model());
  size_t at = file.find("tf2-bilinear\"");
  ASSERT_NE(at, std::string::npos);
  file[at] = 'X';
  auto graph = ReadBytes(folder, file);
  ASSERT_FALSE(graph);
  EXPECT_NE(graph.error().ToString().find("GOLDCREST_INPUT"), std::string::npos);
}

// Many tensors may share one table, and so one name of a megabyte.
TEST(Tflite, RepeatedTablesDoNotTakeMemoryOverAndOver) {
  TemporaryFolder folder;
  graph::Graph graph = MustParse(
      "input %0 \"x\": float32[1, 2]\n%1 \"y\": float32[1, 2] = softmax(%0)\noutput %1\n");
  graph.values[0].name = std::string(1 << 20, 'n');
  for (int i = 0; i < 200; ++i) graph.AddConstant("c", {1}, std::vector<float>{1});
  std::string file = Encoded(graph);
  // Point every entry of the vector of tensors at the first tensor's table: entries hold distances.
  size_t vector = 0;
  for (size_t at = 0; at + 4 <= file.size() && vector == 0; at += 4) {
    uint32_t count = 0;
    std::memcpy(&count, file.data() + at, 4);
    if (count == graph.values.size()) vector = at + 4;
  }
  ASSERT_GT(vector, 0U);
  uint32_t first = 0;
  std::memcpy(&first, file.data() + vector, 4);
  for (uint32_t i = 1; i < graph.values.size(); ++i) {
    uint32_t distance = first - 4 * i;
    std::memcpy(file.data() + vector + 4 * i, &distance, 4);
  }
  auto read = ReadBytes(folder, file);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().ToString().find("over and over"), std::string::npos)
      << read.error().ToString();
}

TEST(StoredZip, FindsWhatWasAppended) {
  std::vector<std::byte> file(100);
  AppendStoredZip(file, "labels.txt", base::AsBytes("ant\nbee\n"));
  auto found = FindStoredEntry(file, "labels.txt");
  ASSERT_TRUE(found);
  EXPECT_EQ(base::AsText(*found), "ant\nbee\n");
  EXPECT_EQ(FindStoredEntry(file, "other.txt").error().code, ErrorCode::kNotFound);
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(FindStoredEntry(std::span(file).first(size), "labels.txt")) << size;
  }
}

TEST(Tflite, ReadsTensorFlowsOwnFile) {
  REQUIRE_SHARED();
  graph::Graph graph = testing::MustReadTflite(
      testing::SharedFile("models/keras_mobilenet_v1_025_224.float.tf.tflite"));
  EXPECT_EQ(graph.value(graph.inputs[0]).shape[0], -1);
  EXPECT_EQ(graph.output_names, std::vector<std::string>{"output_0"});
}

// What is read of another's file and written is read as the same graph, bit for bit.
TEST(Tflite, EveryFileOfOthersSurvivesBeingWritten) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::SharedFile("models"))) {
    if (entry.path().extension() != ".tflite") continue;
    SCOPED_TRACE(entry.path().filename());
    ++files;
    graph::Graph graph = testing::MustReadTflite(entry.path());
    passes::RemoveDeadCode(graph);  // operands that became attributes
    auto back = ReadBytes(folder, Encoded(graph));
    ASSERT_TRUE(back) << back.error().ToString();
    passes::RemoveDeadCode(*back);
    EXPECT_EQ(graph::ToText(graph), graph::ToText(*back));
    EXPECT_EQ(graph.metadata.labels, back->metadata.labels);
    EXPECT_EQ(graph.metadata.input_contract, back->metadata.input_contract);
    EXPECT_TRUE(back->metadata.notes.empty());
  }
  EXPECT_GT(files, 0);
}

TEST(Tflite, BiasesWithTheAxisOfTheirFiltersAreReadWithANote) {
  REQUIRE_SHARED();
  graph::Graph graph = testing::MustReadTflite(testing::SharedFile("models/person_detect.tflite"));
  ASSERT_EQ(graph.metadata.notes.size(), 1U);
  EXPECT_NE(graph.metadata.notes[0].find("14 tensors name a dimension"), std::string::npos);
  const graph::Node& first = graph.nodes[0];
  EXPECT_EQ(graph.value(first.inputs[1]).quantization.axis, 3);
  EXPECT_EQ(graph.value(first.inputs[2]).quantization.axis, 0);
  EXPECT_EQ(graph.value(first.inputs[2]).quantization.scale.size(), 8U);
}

}  // namespace
}  // namespace goldcrest::formats::tflite
