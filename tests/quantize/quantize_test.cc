// Small models through the whole of it.
#include "quantize/quantize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/cpu/cpu_backend.h"
#include "formats/tflite/tflite.h"
#include "graph/infer.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "passes/linear_layer.h"
#include "passes/passes.h"
#include "quantize/equalize.h"
#include "quantize/sensitivity.h"
#include "support/random.h"
#include "support/run_graph.h"
#include "support/small_graphs.h"
#include "tensor/difference.h"

namespace goldcrest::quantize {
namespace {

using tensor::DType;

// Seeded numbers, a little different in each sample.
class SeededSamples final : public Samples {
 public:
  explicit SeededSamples(int64_t count) : count_(count) {}
  int64_t count() const override { return count_; }
  Status Read(int64_t index, tensor::MutableTensorView input) const override {
    testing::Random random(static_cast<uint64_t>(index) + 1);
    for (float& x : input.As<float>()) x = random.Float();
    return {};
  }

 private:
  int64_t count_;
};

// The means of work of a test.
struct Workshop {
  Workshop(int threads, int64_t count) : pool(threads), samples(count) {}
  Environment environment() {
    return {.backend = &backend,
            .pool = &pool,
            .samples = &samples,
            .progress = [](double, const std::string&) {}};
  }

  const backends::cpu::CpuBackend backend{base::Isa::kScalar};
  base::ThreadPool pool;
  const SeededSamples samples;
};

struct Ran {
  Result<graph::Graph> graph;
  Report report;
  graph::Graph reference;
  Plan plan;
};

Ran RunQuantize(const graph::Graph& graph, const Options& options, int threads = 1,
                int64_t samples = 40) {
  Workshop workshop(threads, samples);
  Ran ran{.graph = graph::Graph(), .report = {}, .reference = {}, .plan = {}};
  Result<Quantized> quantized = Quantize(graph, options, workshop.environment(), ran.report);
  if (quantized) {
    ran.graph = std::move(quantized->graph);
    ran.reference = std::move(quantized->reference);
    ran.plan = std::move(quantized->plan);
  } else {
    ran.graph = std::unexpected(quantized.error());
  }
  return ran;
}

graph::Graph Prepared(const std::string& text) {
  graph::Graph graph = testing::MustParse(text);
  EXPECT_TRUE(passes::Run(graph, {}).has_value());
  return graph;
}

// Gives the constant of that name other elements.
void SetElements(graph::Graph& graph, std::string_view name, const std::vector<float>& elements) {
  const auto value = std::ranges::find(graph.values, name, &graph::Value::name);
  ASSERT_NE(value, graph.values.end());
  value->constant = tensor::SharedBytes::Copy<float>(elements);
}

// Two convolutions with a depthwise one between, of channels that differ by a factor of hundreds.
graph::Graph UnevenGraph() {
  graph::Graph graph = Prepared(R"(graph "uneven"
  input %0 "x": float32[-1, 8, 8, 3]
  const %1 "w": float32[6, 1, 1, 3] = random(1)
  const %2 "b": float32[6] = random(2)
  const %3 "d": float32[1, 3, 3, 6] = random(3)
  const %4 "v": float32[4, 1, 1, 6] = random(4)
  %5 "first": float32[-1, 8, 8, 6] = conv2d(%0, %1, %2) activation=relu6
  %6 "middle": float32[-1, 8, 8, 6] = depthwise_conv2d(%5, %3) padding=same activation=relu
  %7 "mean": float32[-1, 1, 1, 6] = mean(%6) axes=[1, 2] keep_dims=true
  %8 "last": float32[-1, 1, 1, 4] = conv2d(%7, %4)
  output %8
)");
  std::vector<float> weights(54);
  testing::Random random(5);
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = random.Float() * (i % 6 == 0 ? 30.0F : i % 6 == 1 ? 0.05F : 1.0F);
  }
  SetElements(graph, "d", weights);
  return graph;
}

std::vector<std::byte> Encoded(const graph::Graph& graph) {
  auto bytes = formats::tflite::Write(graph);
  EXPECT_TRUE(bytes.has_value());
  return *bytes;
}

class QuantizedGraph : public ::testing::TestWithParam<std::string (*)()> {};
INSTANTIATE_TEST_SUITE_P(Each, QuantizedGraph,
                         ::testing::Values(testing::SmallGraphText,
                                           testing::SmallPictureGraphText));

TEST_P(QuantizedGraph, IsValidInEveryKindAndTheSameForAnyThreads) {
  graph::Graph graph = Prepared(GetParam()());
  // Reals made of places are not followed.
  if (std::holds_alternative<graph::Cast>(graph.nodes.back().op)) {
    EXPECT_EQ(
        RunQuantize(graph, {.kind = Kind::kInt8}).graph.error().ToString(),
        "operator 19 cast 'real' makes reals of 'class', which is int32; models are quantized "
        "up to there only: make that an output");
    graph.outputs.back() = graph.nodes.back().inputs[0];
    passes::RemoveDeadCode(graph);
  }
  for (Kind kind :
       {Kind::kFloat16, Kind::kDynamic, Kind::kInt8, Kind::kUInt8, Kind::kInt16x8, Kind::kMixed}) {
    for (bool high : {false, true}) {
      const Options options{
          .kind = kind,
          .io = NeedsCalibration(kind) ? std::optional(DType::kFloat32) : std::nullopt,
          .recipe = {.high_effort = high}};
      Ran one = RunQuantize(graph, options, 1);
      ASSERT_TRUE(one.graph) << NameOf(kind) << ": " << one.graph.error().ToString();
      Status valid = graph::Verify(*one.graph);
      EXPECT_TRUE(valid) << NameOf(kind) << ": " << valid.error().ToString();
      Ran two = RunQuantize(graph, options, 2);
      ASSERT_TRUE(two.graph);
      EXPECT_TRUE(Encoded(*one.graph) == Encoded(*two.graph)) << NameOf(kind);
    }
  }
}

TEST(Quantize, InputsAndOutputsHaveTheTypeAskedFor) {
  const graph::Graph graph = UnevenGraph();
  for (Kind kind : {Kind::kInt8, Kind::kUInt8, Kind::kInt16x8}) {
    for (DType io : {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}) {
      Ran ran = RunQuantize(graph, {.kind = kind, .io = io});
      ASSERT_TRUE(ran.graph) << ran.graph.error().ToString();
      EXPECT_TRUE(graph::Verify(*ran.graph));
      const graph::Value& input = ran.graph->value(ran.graph->inputs[0]);
      const graph::Value& output = ran.graph->value(ran.graph->outputs[0]);
      EXPECT_EQ(input.dtype, io);
      EXPECT_EQ(input.name, "x");
      EXPECT_EQ(output.dtype, io);
      EXPECT_EQ(output.name, "last");
      EXPECT_EQ(input.quantization.empty(), io == DType::kFloat32);
    }
  }
  Ran float16 = RunQuantize(graph, {.kind = Kind::kFloat16, .io = DType::kInt8});
  ASSERT_FALSE(float16.graph);
  EXPECT_EQ(float16.graph.error().code, ErrorCode::kUsage);
}

// The types in which the nodes of those names give their results.
std::vector<DType> TypesOf(const graph::Graph& graph, const std::vector<std::string>& names) {
  std::vector<DType> types;
  for (const std::string& name : names) {
    const auto value = std::ranges::find(graph.values, name, &graph::Value::name);
    types.push_back(value == graph.values.end() ? DType::kBool : value->dtype);
  }
  return types;
}

TEST(Quantize, KeptLayersComputeInTheirTypesAndWhatFollowsWithThem) {
  const graph::Graph graph = UnevenGraph();  // first, middle, mean, last
  const std::vector<std::string> names = {"first", "middle", "mean", "last"};
  const std::vector<float> expected = testing::RunOnNoise(graph, 1);
  const std::vector<std::pair<KeptLayers, std::vector<DType>>> cases = {
      {{}, {DType::kInt8, DType::kInt8, DType::kInt8, DType::kInt8}},
      {{{1, DType::kInt16}}, {DType::kInt8, DType::kInt16, DType::kInt16, DType::kInt8}},
      {{{1, DType::kFloat32}}, {DType::kInt8, DType::kFloat32, DType::kFloat32, DType::kInt8}},
      {{{0, DType::kInt16}, {1, DType::kFloat32}},
       {DType::kInt16, DType::kFloat32, DType::kFloat32, DType::kInt8}},
      {{{0, DType::kInt16}, {1, DType::kInt16}, {3, DType::kInt16}},
       {DType::kInt16, DType::kInt16, DType::kInt16, DType::kInt16}}};
  for (const auto& [kept, types] : cases) {
    for (DType io : {DType::kFloat32, DType::kInt8}) {
      Ran ran = RunQuantize(graph, {.kind = Kind::kMixed, .io = io, .kept = kept});
      ASSERT_TRUE(ran.graph) << ran.graph.error().ToString();
      EXPECT_TRUE(graph::Verify(*ran.graph));
      std::vector<DType> inner = types;
      inner.back() = io;  // the output's name is that of what the caller sees
      EXPECT_EQ(TypesOf(*ran.graph, names), inner) << kept.size();
      if (io != DType::kFloat32) continue;
      const std::vector<float> results = testing::RunOnNoise(*ran.graph, 1);
      for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(results[i], expected[i], 0.5);
    }
  }
}

TEST(Sensitivity, TellsWeightsFromActivations) {
  // Weights of "middle" that no single scale holds well; those of "last" are integers of any scale.
  graph::Graph graph = UnevenGraph();
  std::vector<float> weights(24);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = i % 2 == 0 ? 1 : -1;
  SetElements(graph, "v", weights);
  Ran ran = RunQuantize(
      graph, {.per_tensor = true,
              .recipe = {.without = {"equalization", "absorption", "adaptive-rounding"}}});
  ASSERT_TRUE(ran.graph) << ran.graph.error().ToString();
  Workshop workshop(1, 40);
  const Environment environment = workshop.environment();
  auto sensitivities = MeasureSensitivities(ran.reference, ran.plan, 16, environment);
  ASSERT_TRUE(sensitivities) << sensitivities.error().ToString();
  ASSERT_EQ(sensitivities->size(), 3U);
  for (const Sensitivity& layer : *sensitivities) EXPECT_GT(layer.integers, 0);
  const std::vector<Candidate> worst = WorstLayers(ran.reference, *sensitivities, false);
  ASSERT_EQ(worst.size(), 3U);
  EXPECT_EQ(worst[0].node, 1U);
  EXPECT_EQ(worst[0].dtype, DType::kFloat32);
  const auto last = std::ranges::find(worst, size_t{3}, &Candidate::node);
  ASSERT_NE(last, worst.end());
  EXPECT_EQ(last->dtype, DType::kInt16);
  for (const Candidate& candidate : WorstLayers(ran.reference, *sensitivities, true)) {
    EXPECT_EQ(candidate.can_be_float, candidate.node == 1) << candidate.node;
    EXPECT_EQ(candidate.dtype, candidate.node == 1 ? DType::kFloat32 : DType::kInt16);
  }
}

TEST(Quantize, AnOutputOfSharesHasThePrescribedScaleInEveryType) {
  const graph::Graph graph = Prepared(R"(graph "shares"
  input %0 "x": float32[-1, 1, 1, 3]
  const %1 "w": float32[4, 1, 1, 3] = random(1)
  %2 "conv": float32[-1, 1, 1, 4] = conv2d(%0, %1)
  %3 "softmax": float32[-1, 1, 1, 4] = softmax(%2)
  %4 "row": float32[-1, 4] = reshape(%3) shape=[-1, 4]
  output %4
)");
  const std::vector<std::pair<DType, tensor::Quantization>> expected = {
      {DType::kInt8, {{1.0F / 256}, {-128}}},
      {DType::kUInt8, {{1.0F / 256}, {0}}},
      {DType::kInt16, {{1.0F / 32768}, {0}}}};
  for (Kind kind : {Kind::kInt8, Kind::kUInt8, Kind::kInt16x8}) {
    for (const auto& [io, quantization] : expected) {
      Ran ran = RunQuantize(graph, {.kind = kind, .io = io});
      ASSERT_TRUE(ran.graph) << ran.graph.error().ToString();
      EXPECT_EQ(ran.graph->value(ran.graph->outputs[0]).quantization, quantization)
          << NameOf(kind) << " " << tensor::NameOf(io);
    }
  }
}

TEST(Quantize, OperatorsWithoutIntegerFormStayFloat) {
  const graph::Graph graph = Prepared(R"(graph "norm"
  input %0 "x": float32[-1, 4, 4, 2]
  const %1 "v": float32[2] = {1, 2}
  const %2 "w": float32[3, 1, 1, 2] = random(1)
  %3 "swish": float32[-1, 4, 4, 2] = hard_swish(%0)
  %4 "conv": float32[-1, 4, 4, 3] = conv2d(%3, %2)
  output %4
)");
  Ran floats = RunQuantize(graph, {.kind = Kind::kInt16x8, .io = DType::kFloat32});
  ASSERT_TRUE(floats.graph) << floats.graph.error().ToString();
  EXPECT_TRUE(graph::Verify(*floats.graph));
  ASSERT_EQ(floats.report.notes.size(), 1U);
  EXPECT_NE(floats.report.notes[0].find("hard_swish 'swish' has no int16 form"), std::string::npos);
  Ran integers = RunQuantize(graph, {.kind = Kind::kInt16x8});
  ASSERT_FALSE(integers.graph);
  EXPECT_NE(integers.graph.error().message.find("give --io float32"), std::string::npos);
}

TEST(Quantize, RefusesWhatCannotBe) {
  const graph::Graph graph = UnevenGraph();
  auto expect = [](const Ran& ran, const std::string& part) {
    ASSERT_FALSE(ran.graph);
    EXPECT_NE(ran.graph.error().message.find(part), std::string::npos)
        << ran.graph.error().ToString();
  };
  expect(RunQuantize(testing::MustParse(testing::SmallQuantizedGraphText()), {}),
         "is quantized already");
  for (float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    graph::Graph sick = graph;
    std::vector<float> weights(24, 1);
    weights[7] = bad;
    SetElements(sick, "v", weights);
    expect(RunQuantize(sick, {}), "the weights 'v' hold");
    expect(RunQuantize(sick, {.kind = Kind::kFloat16}), "the weights 'v' hold");
  }
  expect(RunQuantize(graph, {}, 1, 0), "--calibration");
  expect(RunQuantize(graph, {.recipe = {.without = {"bias-corection"}}}),
         "did you mean bias-correction?");
}

TEST(Quantize, DeadChannelsAndTensorsAreFine) {
  graph::Graph graph = UnevenGraph();
  SetElements(graph, "d", std::vector<float>(54));
  for (Kind kind : {Kind::kInt8, Kind::kUInt8, Kind::kInt16x8}) {
    for (bool per_tensor : {false, true}) {
      Ran ran = RunQuantize(graph, {.kind = kind, .per_tensor = per_tensor});
      ASSERT_TRUE(ran.graph) << ran.graph.error().ToString();
      EXPECT_TRUE(graph::Verify(*ran.graph));
    }
  }
}

// As engines want them that take no zero points.
TEST(Quantize, SymmetricActivationsHaveNoZeroPoints) {
  Ran ran = RunQuantize(UnevenGraph(), {.symmetric = true});
  ASSERT_TRUE(ran.graph) << ran.graph.error().ToString();
  EXPECT_TRUE(graph::Verify(*ran.graph));
  for (const graph::Value& value : ran.graph->values) {
    for (int64_t zero : value.quantization.zero_point) EXPECT_EQ(zero, 0) << value.name;
  }
  Ran wrong = RunQuantize(UnevenGraph(), {.kind = Kind::kUInt8, .symmetric = true});
  ASSERT_FALSE(wrong.graph);
  EXPECT_NE(wrong.graph.error().message.find("--symmetric goes with --to int8"), std::string::npos);
}

TEST(Quantize, EqualizationChangesWeightsAndNoResult) {
  const graph::Graph before = UnevenGraph();
  graph::Graph after = before;
  Workshop workshop(1, 40);
  const SeededSamples& samples = workshop.samples;
  const Environment environment = workshop.environment();
  auto observers = Observe(after, ScalableValues(after), environment);
  ASSERT_TRUE(observers);
  EXPECT_GT(Equalize(after, *observers), 0);
  auto spread = [](const graph::Graph& graph) {
    std::vector<float> largest(6, 0);
    std::span<const float> weights = graph.value(graph.nodes[1].inputs[1]).constant->As<float>();
    for (size_t i = 0; i < weights.size(); ++i) {
      largest[i % 6] = std::max(largest[i % 6], std::abs(weights[i]));
    }
    return *std::ranges::max_element(largest) / *std::ranges::min_element(largest);
  };
  EXPECT_LT(spread(after), spread(before) / 4);
  runtime::Executor a = testing::MustPrepare(before);
  runtime::Executor b = testing::MustPrepare(after);
  for (int64_t i = 0; i < samples.count(); ++i) {
    ASSERT_TRUE(samples.Read(i, a.input(0)));
    ASSERT_TRUE(samples.Read(i, b.input(0)));
    a.Run();
    b.Run();
    EXPECT_LT(tensor::Compare(a.output(0), b.output(0)).max_relative, 1e-5);
  }
}

// The model whose weights are what integers of one scale a layer stand for.
graph::Graph OnGrid(graph::Graph graph, DType dtype) {
  for (const graph::Node& node : graph.nodes) {
    if (!passes::IsLinearLayer(graph, node)) continue;
    const WeightRows rows = RowsOf(graph, node);
    const QuantizedLayer layer = QuantizeLayer(WeightsOf(graph, node), rows, BiasOf(graph, node),
                                               {.dtype = dtype, .per_channel = false});
    graph.value(node.inputs[1]).constant =
        tensor::SharedBytes::Copy<float>(Dequantized(layer, rows));
  }
  return graph;
}

TEST(Quantize, ChannelsAreEqualizedWhereRoundedWeightsLoseLessByIt) {
  const Options options{.kind = Kind::kUInt8};
  const Ran uneven = RunQuantize(UnevenGraph(), options);
  ASSERT_TRUE(uneven.graph);
  EXPECT_GT(uneven.report.channels.equalized, 0);
  EXPECT_FALSE(uneven.report.channels.left_alone);

  const graph::Graph on_grid = OnGrid(UnevenGraph(), DType::kUInt8);
  const Ran left = RunQuantize(on_grid, options);
  ASSERT_TRUE(left.graph);
  EXPECT_EQ(left.report.channels.equalized, 0);
  EXPECT_TRUE(left.report.channels.left_alone);
  EXPECT_EQ(graph::ToText(left.reference), graph::ToText(on_grid));
}

}  // namespace
}  // namespace goldcrest::quantize
