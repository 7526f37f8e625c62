#include "architectures/architectures.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/run_graph.h"

namespace goldcrest::architectures {
namespace {

graph::Graph MustBuild(std::string_view name, const Options& options) {
  auto graph = Build(name, options);
  if (!graph) ADD_FAILURE() << graph.error().ToString();
  return graph ? std::move(*graph) : graph::Graph();
}

// Keras' own count of the parameters of its models (`model.count_params()`), head included.
TEST(Architectures, HaveAsManyParametersAsKerasModels) {
  struct Case {
    const char* name;
    Options options;
    int64_t parameters;
  };
  const Case cases[] = {
      {"mobilenet_v1", {}, 4253864},
      {"mobilenet_v1", {.alpha = 0.25, .size = 128, .classes = 10}, 221114},
      {"mobilenet_v1", {.alpha = 0.5, .include_top = false}, 829536},
      {"mobilenet_v2", {}, 3538984},
      {"mobilenet_v2", {.alpha = 1.4, .size = 96}, 6156712},
      {"mobilenet_v2", {.alpha = 0.35, .classes = 2, .include_top = false}, 410208},
      {"mobilenet_v3_small", {}, 2554968},
      {"mobilenet_v3_large", {.alpha = 0.75}, 4012616},
      {"mobilenet_v3_large", {.include_top = false}, 2996352},
      {"mobilenet_v3_small_minimalistic", {}, 2056848},
      {"mobilenet_v3_large_minimalistic", {}, 3948688},
  };
  for (const Case& c : cases) {
    graph::Graph graph = MustBuild(c.name, c.options);
    int64_t parameters = 0;
    for (const graph::Node& node : graph.nodes) {
      const bool arithmetic = std::holds_alternative<graph::Add>(node.op) ||
                              std::holds_alternative<graph::Mul>(node.op);
      for (graph::ValueId id : node.inputs) {
        const graph::Value& value = graph.value(id);
        if (!arithmetic && value.constant) parameters += *tensor::ElementCount(value.shape);
      }
    }
    EXPECT_EQ(parameters, c.parameters) << c.name << " alpha " << c.options.alpha;
  }
}

TEST(Architectures, RandomWeightsAreTheSameForTheSameSeed) {
  const Options options{.alpha = 0.25, .size = 32, .classes = 7};
  for (std::string_view name : Names()) {
    graph::Graph first = MustBuild(name, options);
    graph::Graph second = MustBuild(name, options);
    graph::Graph third = MustBuild(name, options);
    FillRandom(5, first);
    FillRandom(5, second);
    FillRandom(6, third);
    auto scores = [](const graph::Graph& graph) {
      runtime::Executor executor = testing::MustPrepare(graph, {});
      std::span<float> x = executor.input(0).As<float>();
      for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 255) / 127.5F - 1;
      executor.Run();
      std::span<const float> y = executor.output(0).As<float>();
      return std::vector<float>(y.begin(), y.end());
    };
    const std::vector<float> expected = scores(first);
    ASSERT_EQ(expected.size(), 7U) << name;
    for (float score : expected) EXPECT_TRUE(std::isfinite(score)) << name;
    EXPECT_EQ(scores(second), expected) << name;
    EXPECT_NE(scores(third), expected) << name;
  }
}

TEST(Architectures, WhatCannotBeBuiltIsWrongUsage) {
  auto message = [](std::string_view name, const Options& options) {
    auto graph = Build(name, options);
    EXPECT_FALSE(graph);
    return graph ? "" : graph.error().ToString();
  };
  EXPECT_NE(message("mobilenet_v4", {}).find("did you mean mobilenet_v1?"), std::string::npos);
  EXPECT_NE(message("mobilenet_v2", {.alpha = 0}).find("alpha is 0"), std::string::npos);
  EXPECT_NE(message("mobilenet_v2", {.alpha = NAN}).find("alpha"), std::string::npos);
  EXPECT_NE(message("mobilenet_v1", {.alpha = 0.01}).find("leaves no channel"), std::string::npos);
  EXPECT_NE(message("mobilenet_v2", {.size = 31}).find("the size is 31"), std::string::npos);
  EXPECT_NE(message("mobilenet_v2", {.classes = 0}).find("0 classes"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::architectures
