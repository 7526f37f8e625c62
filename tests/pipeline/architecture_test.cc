// Weights without a model, and the networks that they belong to.
#include "pipeline/architecture.h"

#include <gtest/gtest.h>

#include "pipeline/convert.h"
#include "support/read_model.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

using testing::SharedFile;

std::string ErrorOf(const ArchitectureFlags& flags, const std::string& file) {
  auto graph = BuildArchitecture(flags, file);
  EXPECT_FALSE(graph);
  return graph ? "" : graph.error().ToString();
}

// What of a network its weights depend on: convolutions, dense layers, normalizations and paddings
// with their attributes and shapes, without names.
std::vector<std::string> Skeleton(const graph::Graph& graph) {
  std::vector<std::string> lines;
  for (const graph::Node& node : graph.nodes) {
    const bool counts = std::holds_alternative<graph::Conv2D>(node.op) ||
                        std::holds_alternative<graph::DepthwiseConv2D>(node.op) ||
                        std::holds_alternative<graph::FullyConnected>(node.op) ||
                        std::holds_alternative<graph::BatchNorm>(node.op) ||
                        std::holds_alternative<graph::Pad>(node.op);
    if (!counts) continue;
    std::string line =
        base::Cat(graph::NameOf(node.op), " ", tensor::ToString(graph.value(node.output).shape));
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      line += base::Cat(" ", tensor::ToString(graph.value(node.inputs[i]).shape));
    }
    if (const auto* conv = std::get_if<graph::Conv2D>(&node.op)) {
      line += base::Cat(" ", conv->stride_h, " ", graph::NameOf(conv->activation));
    }
    if (const auto* depthwise = std::get_if<graph::DepthwiseConv2D>(&node.op)) {
      line += base::Cat(" ", depthwise->stride_h, " ", static_cast<int>(depthwise->padding.kind));
    }
    if (const auto* pad = std::get_if<graph::Pad>(&node.op)) {
      line += tensor::ToString(pad->before) + tensor::ToString(pad->after);
    }
    if (const auto* norm = std::get_if<graph::BatchNorm>(&node.op)) {
      line += base::Cat(" ", norm->epsilon);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(Architecture, BothKindsOfWeightFilesComputeWhatKerasDoes) {
  REQUIRE_SHARED();
  for (const char* file : {"models/keras_mobilenet_v1_025_224.weights.h5",
                           "models/keras_mobilenet_v1_025_224.legacy_weights.h5"}) {
    auto graph = BuildArchitecture({.name = "mobilenet_v1", .alpha = 0.25}, SharedFile(file));
    ASSERT_TRUE(graph) << graph.error().ToString();
    EXPECT_EQ(graph->metadata.input_contract->normalization.kind, tensor::NormalizationKind::kTf);
    testing::ExpectKerasOutputs(*graph, base::MachineIsa());
  }
}

TEST(Architecture, NetworksAreThoseOfKerasFiles) {
  REQUIRE_SHARED();
  struct Case {
    const char* file;
    ArchitectureFlags flags;
  };
  const Case cases[] = {
      {"models/keras_mobilenet_v1_025_224.h5", {.name = "mobilenet_v1", .alpha = 0.25}},
      {"models/keras_mobilenet_v2_100_224.h5", {.name = "mobilenet_v2"}},
      {"models/keras_mobilenet_v3_small_050_96.keras",
       {.name = "mobilenet_v3_small", .alpha = 0.5, .size = 96, .classes = 10}},
  };
  for (const Case& c : cases) {
    ArchitectureFlags flags = c.flags;
    flags.weights = "random";
    auto built = BuildArchitecture(flags, "");
    ASSERT_TRUE(built) << built.error().ToString();
    EXPECT_EQ(Skeleton(*built), Skeleton(testing::MustRead(SharedFile(c.file)))) << c.file;
  }
}

TEST(Architecture, WhatDoesNotFitIsAnErrorWithTheRemedy) {
  REQUIRE_SHARED();
  const std::string ordered = SharedFile("models/keras_mobilenet_v1_025_224.weights.h5");
  const std::string legacy = SharedFile("models/keras_mobilenet_v1_025_224.legacy_weights.h5");
  for (const std::string& file : {ordered, legacy}) {
    auto error = [&](const ArchitectureFlags& flags) { return ErrorOf(flags, file); };
    EXPECT_NE(error({.name = "mobilenet_v1"}).find("--alpha"), std::string::npos);
    EXPECT_NE(error({.name = "mobilenet_v1", .alpha = 0.25, .classes = 5}).find("--classes 1000"),
              std::string::npos);
    EXPECT_NE(error({.name = "mobilenet_v1", .alpha = 0.25, .no_top = true}).find("another arch"),
              std::string::npos);
    EXPECT_NE(error({.name = "mobilenet_v2", .alpha = 0.25}).find("another arch"),
              std::string::npos);
  }
  EXPECT_NE(ErrorOf({.name = "mobilenet_v1"}, "").find("--weights random"), std::string::npos);
  EXPECT_NE(ErrorOf({.name = "mobilenet_v1", .weights = "random"}, legacy).find("two sources"),
            std::string::npos);
  EXPECT_NE(ErrorOf({.name = "mobilenet_v1", .seed = 3}, legacy).find("--seed"), std::string::npos);
  EXPECT_NE(ErrorOf({.name = "mobilenet_v1"}, SharedFile("models/imagenet_labels.txt"))
                .find("no HDF5 file"),
            std::string::npos);
}

TEST(Architecture, ARandomModelConverts) {
  testing::TemporaryFolder folder;
  ConvertOptions options{
      .output = folder.File("m.tflite"),
      .architecture = {
          .name = "mobilenet_v3_large", .alpha = 0.75, .size = 64, .weights = "random", .seed = 7}};
  auto report = Convert(options);
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_LT(report->check.difference.max_relative, 1e-4);
  EXPECT_NE(report->input_contract_from.find("architecture"), std::string::npos);
  options.architecture.name.clear();
  auto missing = Convert(options);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().ToString().find("--architecture, which is missing"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::pipeline
