// What passes must not change, and what they must not leave, on random networks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "api/constants.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "passes/linear_layer.h"
#include "passes/passes.h"
#include "support/random_graph.h"
#include "support/run_graph.h"

namespace goldcrest::passes {
namespace {

constexpr uint64_t kSeeds = GOLDCREST_SANITIZED || GOLDCREST_EMULATED ? 60 : 500;
// Of the largest output.
constexpr double kTolerance = 1e-5;

// All outputs on noise, zeros of both signs among it.
std::vector<std::vector<float>> Outputs(const graph::Graph& graph) {
  runtime::Executor executor = testing::MustPrepare(graph, {}, base::Isa::kScalar);
  testing::Random random(7);
  std::span<float> input = executor.input(0).As<float>();
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = i % 7 == 0 ? 0.0F : i % 11 == 0 ? -0.0F : random.Float();
  }
  executor.Run();
  std::vector<std::vector<float>> outputs;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    std::span<const float> out = executor.output(i).As<float>();
    outputs.emplace_back(out.begin(), out.end());
  }
  return outputs;
}

double worst = 0;

void ExpectSame(const std::vector<std::vector<float>>& before, const graph::Graph& graph,
                const graph::Graph& original) {
  Status status = graph::Verify(graph);
  ASSERT_TRUE(status) << status.error().ToString() << "\n" << graph::ToText(graph);
  const std::vector<std::vector<float>> after = Outputs(graph);
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) {
    ASSERT_EQ(before[i].size(), after[i].size());
    double largest = 1;
    for (float x : before[i]) largest = std::max(largest, std::fabs(static_cast<double>(x)));
    for (size_t k = 0; k < before[i].size(); ++k) {
      double difference = std::fabs(static_cast<double>(before[i][k]) - after[i][k]) / largest;
      worst = std::max(worst, difference);
      ASSERT_LE(difference, kTolerance) << graph::ToText(original) << "\nbecame\n"
                                        << graph::ToText(graph);
    }
  }
}

Options WithEvaluator() { return {.evaluate = api::ConstantEvaluator(), .verify = true}; }

TEST(RandomGraphs, EachPassAloneKeepsTheOutputs) {
  const Options options = WithEvaluator();
  std::map<std::string_view, int> changes;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(base::Cat("seed ", seed));
    const graph::Graph original = testing::RandomGraph(seed);
    const auto before = Outputs(original);
    for (const Pass& pass : Passes()) {
      SCOPED_TRACE(pass.name);
      graph::Graph graph = original;
      WorkLimit limit(graph);
      changes[pass.name] += pass.run(graph, options, limit);
      ExpectSame(before, graph, original);
      bool folds = pass.name.starts_with("fold_");
      EXPECT_TRUE(!folds || pass.run(graph, options, limit) == 0) << graph::ToText(graph);
      if (HasFatalFailure()) return;
    }
  }
  for (const Pass& pass : Passes()) EXPECT_GT(changes[pass.name], 0) << pass.name;
  std::printf("worst difference: %.2g of the largest output\n", worst);
}

bool Adds(const graph::Graph& graph, const graph::Node& node) {
  return std::holds_alternative<graph::Add>(node.op) && AffineOperand(graph, node);
}
bool Scales(const graph::Graph& graph, const graph::Node& node) {
  return std::holds_alternative<graph::Mul>(node.op) && AffineOperand(graph, node);
}

// Nothing is left that a neighbour could do.
void ExpectNothingToFold(const graph::Graph& graph) {
  std::map<graph::ValueId, std::vector<const graph::Node*>> readers;
  std::map<graph::ValueId, const graph::Node*> makers;
  for (const graph::Node& node : graph.nodes) {
    makers[node.output] = &node;
    for (graph::ValueId id : node.inputs) readers[id].push_back(&node);
  }
  auto read_once = [&](graph::ValueId id) {
    return readers[id].size() == 1 && std::ranges::count(graph.outputs, id) == 0;
  };
  for (const graph::Node& node : graph.nodes) {
    EXPECT_FALSE(std::holds_alternative<graph::BatchNorm>(node.op));
    EXPECT_FALSE(std::holds_alternative<graph::Dropout>(node.op));
    EXPECT_FALSE(std::holds_alternative<graph::TrainingOnly>(node.op));
    if (!Adds(graph, node) && !Scales(graph, node)) continue;
    const graph::ValueId x = *AffineOperand(graph, node);
    graph::Op made_by = makers.contains(x) ? makers[x]->op : graph::Op(graph::Tanh{});
    const auto* activation = [&]() -> const graph::Activation* {
      if (auto* conv = std::get_if<graph::Conv2D>(&made_by)) return &conv->activation;
      if (auto* conv = std::get_if<graph::DepthwiseConv2D>(&made_by)) return &conv->activation;
      if (auto* dense = std::get_if<graph::FullyConnected>(&made_by)) return &dense->activation;
      return nullptr;
    }();
    bool after_linear = activation != nullptr && *activation == graph::Activation::kNone;
    EXPECT_FALSE(after_linear && read_once(x)) << graph.NameOf(node);
    const auto* mul = std::get_if<graph::Mul>(&node.op);
    const auto* add = std::get_if<graph::Add>(&node.op);
    bool plain = (mul != nullptr ? mul->activation : add->activation) == graph::Activation::kNone;
    if (!plain || !read_once(node.output)) continue;
    const graph::Node& reader = *readers[node.output][0];
    if (reader.inputs[0] != node.output || !IsLinearLayer(graph, reader)) continue;
    EXPECT_FALSE(mul != nullptr) << graph.NameOf(node);
    EXPECT_FALSE(add != nullptr && !PadsWithZeros(graph, reader)) << graph.NameOf(node);
  }
}

TEST(RandomGraphs, AllPassesKeepTheOutputsAndLeaveNothingToFold) {
  const Options options = WithEvaluator();
  size_t before_nodes = 0;
  size_t after_nodes = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(base::Cat("seed ", seed));
    const graph::Graph original = testing::RandomGraph(seed);
    graph::Graph graph = original;
    ASSERT_TRUE(passes::Run(graph, options));
    ExpectSame(Outputs(original), graph, original);
    ExpectNothingToFold(graph);
    if (HasFailure()) FAIL() << graph::ToText(original) << "\nbecame\n" << graph::ToText(graph);
    before_nodes += original.nodes.size();
    after_nodes += graph.nodes.size();
    auto again = passes::Run(graph, options);
    ASSERT_TRUE(again);
    for (const Report& report : *again) EXPECT_EQ(report.changes, 0) << report.name;
  }
  std::printf("%zu operators became %zu; worst difference: %.2g of the largest output\n",
              before_nodes, after_nodes, worst);
}

TEST(RandomGraphs, AnyPassMayBeLeftOut) {
  for (uint64_t seed = 1; seed <= kSeeds / 5; ++seed) {
    SCOPED_TRACE(base::Cat("seed ", seed));
    const graph::Graph original = testing::RandomGraph(seed);
    const auto before = Outputs(original);
    for (const Pass& pass : Passes()) {
      SCOPED_TRACE(pass.name);
      Options options = WithEvaluator();
      options.disabled = {std::string(pass.name)};
      graph::Graph graph = original;
      ASSERT_TRUE(passes::Run(graph, options));
      ExpectSame(before, graph, original);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace goldcrest::passes
