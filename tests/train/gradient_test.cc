// Every row of the table of gradients against central differences of a forward in double.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "graph/infer.h"
#include "kernels/rows.h"
#include "support/random.h"
#include "support/run_graph.h"
#include "train/double_forward.h"
#include "train/network.h"
#include "train/training_form.h"

namespace goldcrest::train {
namespace {

constexpr int64_t kBatch = 3;

struct Case {
  std::string name;
  std::string nodes;  // of %0, an input [-1, 7, 6, 5]; the last value is the output
  int64_t output = 0;
};

// The text of a graph, its output being value `output`.
std::string TextOf(const Case& c) {
  return "graph \"" + c.name + "\"\n  input %0 \"x\": float32[-1, 7, 6, 5]\n" + c.nodes +
         "  output %" + std::to_string(c.output) + "\n";
}

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"conv_same", R"(  const %1 "w": float32[4, 3, 3, 5] = random(1)
  const %2 "b": float32[4] = random(2)
  %3 "y": float32[-1, 7, 6, 4] = conv2d(%0, %1, %2) padding=same activation=relu6
)",
       3},
      {"conv_stride", R"(  const %1 "w": float32[19, 3, 2, 5] = random(1)
  %2 "y": float32[-1, 4, 3, 19] = conv2d(%0, %1) padding=same stride_h=2 stride_w=2
)",
       2},
      {"conv_dilated", R"(  const %1 "w": float32[3, 2, 3, 5] = random(1)
  %2 "y": float32[-1, 5, 2, 3] = conv2d(%0, %1) dilation_h=2 dilation_w=2
)",
       2},
      {"conv_stride_of_three", R"(  const %1 "w": float32[3, 1, 1, 5] = random(1)
  %2 "y": float32[-1, 3, 2, 3] = conv2d(%0, %1) stride_h=3 stride_w=3
)",
       2},
      {"pointwise", R"(  const %1 "w": float32[37, 1, 1, 5] = random(1)
  const %2 "b": float32[37] = random(2)
  %3 "y": float32[-1, 7, 6, 37] = conv2d(%0, %1, %2)
)",
       3},
      {"depthwise", R"(  const %1 "w": float32[1, 3, 3, 5] = random(1)
  const %2 "b": float32[5] = random(2)
  %3 "y": float32[-1, 7, 6, 5] = depthwise_conv2d(%0, %1, %2) padding=same activation=relu
)",
       3},
      {"depthwise_stride", R"(  const %1 "w": float32[1, 3, 3, 5] = random(1)
  %2 "y": float32[-1, 4, 3, 5] = depthwise_conv2d(%0, %1) padding=same stride_h=2 stride_w=2
)",
       2},
      {"depthwise_of_five", R"(  const %1 "w": float32[1, 5, 5, 5] = random(1)
  %2 "y": float32[-1, 4, 3, 5] = depthwise_conv2d(%0, %1) padding=same stride_h=2 stride_w=2
)",
       2},
      {"depthwise_multiplier", R"(  const %1 "w": float32[1, 3, 3, 10] = random(1)
  %2 "y": float32[-1, 5, 4, 10] = depthwise_conv2d(%0, %1)
)",
       2},
      {"fully_connected", R"(  %1 "flat": float32[-1, 210] = reshape(%0) shape=[-1, 210]
  const %2 "w": float32[9, 210] = random(1)
  const %3 "b": float32[9] = random(2)
  %4 "y": float32[-1, 9] = fully_connected(%1, %2, %3) activation=relu
)",
       4},
      {"batch_norm", R"(  const %1 "gamma": float32[5] = random(1)
  const %2 "beta": float32[5] = random(2)
  const %3 "mean": float32[5] = random(3)
  const %4 "variance": float32[5] = random(4)
  %5 "y": float32[-1, 7, 6, 5] = batch_norm(%0, %1, %2, %3, %4) epsilon=0.001
)",
       5},
      {"batch_norm_relu6", R"(  const %1 "gamma": float32[5] = random(1)
  const %2 "beta": float32[5] = random(2)
  const %3 "mean": float32[5] = random(3)
  const %4 "variance": float32[5] = random(4)
  %5 "bn": float32[-1, 7, 6, 5] = batch_norm(%0, %1, %2, %3, %4) epsilon=0.001
  %6 "y": float32[-1, 7, 6, 5] = activate(%5) activation=relu6
)",
       6},
      {"batch_norm_read_twice", R"(  const %1 "gamma": float32[5] = random(1)
  const %2 "beta": float32[5] = random(2)
  const %3 "mean": float32[5] = random(3)
  const %4 "variance": float32[5] = random(4)
  %5 "bn": float32[-1, 7, 6, 5] = batch_norm(%0, %1, %2, %3, %4) epsilon=0.001
  %6 "relu": float32[-1, 7, 6, 5] = activate(%5) activation=relu
  %7 "y": float32[-1, 7, 6, 5] = mul(%5, %6)
)",
       7},
      {"activate", R"(  %1 "y": float32[-1, 7, 6, 5] = activate(%0) activation=relu
)",
       1},
      {"hard_swish", R"(  const %1 "k": float32[1] = random(5)
  %2 "z": float32[-1, 7, 6, 5] = mul(%0, %1)
  %3 "y": float32[-1, 7, 6, 5] = hard_swish(%2)
)",
       3},
      {"logistic", "  %1 \"y\": float32[-1, 7, 6, 5] = logistic(%0)\n", 1},
      {"tanh", "  %1 \"y\": float32[-1, 7, 6, 5] = tanh(%0)\n", 1},
      {"leaky_relu", "  %1 \"y\": float32[-1, 7, 6, 5] = leaky_relu(%0) alpha=0.2\n", 1},
      {"add_residual", R"(  const %1 "w": float32[5, 1, 1, 5] = random(1)
  %2 "branch": float32[-1, 7, 6, 5] = conv2d(%0, %1)
  %3 "y": float32[-1, 7, 6, 5] = add(%2, %0) activation=relu
)",
       3},
      {"add_constant", R"(  const %1 "c": float32[5] = random(1)
  %2 "y": float32[-1, 7, 6, 5] = add(%0, %1)
)",
       2},
      {"squeeze_excite", R"(  %1 "mean": float32[-1, 1, 1, 5] = mean(%0) axes=[1, 2] keep_dims=true
  const %2 "w": float32[5, 1, 1, 5] = random(1)
  %3 "gate": float32[-1, 1, 1, 5] = conv2d(%1, %2)
  %4 "sigma": float32[-1, 1, 1, 5] = logistic(%3)
  %5 "y": float32[-1, 7, 6, 5] = mul(%0, %4)
)",
       5},
      {"shared_weights", R"(  const %1 "w": float32[5, 1, 1, 5] = random(1)
  %2 "once": float32[-1, 7, 6, 5] = conv2d(%0, %1)
  %3 "twice": float32[-1, 7, 6, 5] = conv2d(%2, %1)
  %4 "y": float32[-1, 7, 6, 5] = mul(%3, %2)
)",
       4},
      {"mean", "  %1 \"y\": float32[-1, 5] = mean(%0) axes=[1, 2]\n", 1},
      {"average_pool",
       "  %1 \"y\": float32[-1, 4, 3, 5] = average_pool2d(%0) filter_h=3 filter_w=3 stride_h=2 "
       "stride_w=2 padding=same\n",
       1},
      {"max_pool",
       "  %1 \"y\": float32[-1, 3, 2, 5] = max_pool2d(%0) filter_h=3 filter_w=3 stride_h=2 "
       "stride_w=2\n",
       1},
      {"pad", R"(  %1 "pad": float32[-1, 9, 7, 5] = pad(%0) before=[0, 2, 0, 0] after=[0, 0, 1, 0]
  %2 "y": float32[-1, 9, 7, 5] = tanh(%1)
)",
       2},
      {"concatenation", R"(  %1 "a": float32[-1, 7, 6, 5] = tanh(%0)
  %2 "joined": float32[-1, 7, 12, 5] = concatenation(%0, %1) axis=2
  %3 "y": float32[-1, 7, 12, 5] = logistic(%2)
)",
       3},
      {"softmax_within", R"(  %1 "soft": float32[-1, 7, 6, 5] = softmax(%0) beta=1.5
  %2 "y": float32[-1, 7, 6, 5] = mul(%1, %0)
)",
       2},
      {"handed_on", R"(  %1 "a": float32[-1, 7, 6, 5] = training_only(%0) layer=RandomFlip
  %2 "b": float32[-1, 42, 5] = reshape(%1) shape=[-1, 42, 5]
  %3 "y": float32[-1, 42, 5] = dropout(%2) rate=0.0
)",
       3},
  };
  return cases;
}

// The loss is the sum of the outputs, each times a weight of its own.
double LossOf(const graph::Graph& graph, bool batch_statistics, testing::DoubleValues values,
              const std::vector<float>& weights) {
  testing::RunInDouble(graph, batch_statistics, values);
  const std::vector<double>& y = values[static_cast<size_t>(graph.outputs[0])];
  double loss = 0;
  for (size_t i = 0; i < y.size(); ++i) loss += y[i] * static_cast<double>(weights[i]);
  return loss;
}

class Gradient : public ::testing::TestWithParam<std::tuple<size_t, base::Isa, bool>> {};

// Some elements of each, by central differences.
void CheckGradient(const graph::Graph& graph, bool batch_statistics,
                   const testing::DoubleValues& values, graph::ValueId id,
                   std::span<const float> gradient, const std::vector<float>& weights) {
  constexpr double kStep = 1e-5;
  constexpr size_t kChecked = 40;
  double largest = 0;
  for (float g : gradient) largest = std::max(largest, std::abs(static_cast<double>(g)));
  testing::Random random(static_cast<uint64_t>(id) + 7);
  for (size_t k = 0; k < std::min(kChecked, gradient.size()); ++k) {
    const auto at = gradient.size() <= kChecked
                        ? k
                        : static_cast<size_t>(random.Integer(0, std::ssize(gradient) - 1));
    testing::DoubleValues moved = values;
    double& x = moved[static_cast<size_t>(id)][at];
    x += kStep;
    const double more = LossOf(graph, batch_statistics, moved, weights);
    x -= 2 * kStep;
    const double less = LossOf(graph, batch_statistics, moved, weights);
    const double expected = (more - less) / (2 * kStep);
    EXPECT_NEAR(gradient[at], expected, 1e-4 * std::max(largest, 1e-3))
        << graph.value(id).name << " element " << at;
  }
}

// Whether nothing that is multiplied was computed: the numbers of the test are exact in bfloat16.
bool MultipliesOnce(const graph::Graph& graph) {
  return std::ranges::count_if(graph.nodes, [](const graph::Node& node) {
           return !std::holds_alternative<graph::Activate>(node.op);
         }) == 1;
}

TEST_P(Gradient, IsThatOfCentralDifferences) {
  const auto [index, isa, batch_statistics] = GetParam();
  const Case& c = Cases()[index];
  auto form = TrainingForm(testing::MustParse(TextOf(c)));
  ASSERT_TRUE(form) << form.error().ToString();
  for (graph::Value& value : form->values) {
    if (value.name != "variance") continue;
    std::vector<float> positive(value.constant->As<float>().begin(),
                                value.constant->As<float>().end());
    for (float& x : positive) x = std::abs(x) + 0.5F;
    value.constant = tensor::SharedBytes::Copy<float>(positive);
  }
  const bool bfloat16 = tensor::Has(isa, tensor::Precision::kBfloat16) && MultipliesOnce(*form);
  for (graph::Value& value : form->values) {
    if (!bfloat16 || !value.constant || value.dtype != tensor::DType::kFloat32) continue;
    const auto floats = value.constant->As<float>();
    value.constant =
        tensor::SharedBytes::Copy<float>(kernels::Shortened({floats.begin(), floats.end()}));
  }
  NetworkOptions options{
      .batch = kBatch, .batch_statistics = batch_statistics, .input_gradient = true};
  if (bfloat16) options.precision = tensor::Precision::kBfloat16;
  for (const graph::Value& value : form->values) {
    options.learned.push_back(value.constant && value.dtype == tensor::DType::kFloat32 &&
                              value.name != "mean" && value.name != "variance");
  }
  base::ThreadPool pool(2);
  auto network = Network::Create(*form, options, pool, isa);
  ASSERT_TRUE(network) << network.error().ToString();
  testing::Random random(index + 1);
  for (float& x : network->input()) x = kernels::Shortened({2 * random.Float()})[0];
  const std::vector<float> weights =
      kernels::Shortened(random.Floats(std::ssize(network->output_gradient())));
  testing::DoubleValues values(form->values.size());
  for (const Parameter& parameter : network->parameters().all()) {
    const float* from = network->parameters().Elements(parameter.value);
    values[static_cast<size_t>(parameter.value)].assign(from, from + parameter.count);
  }
  values[static_cast<size_t>(form->inputs[0])].assign(network->input().begin(),
                                                      network->input().end());
  network->Forward(kBatch, true, 1);
  testing::DoubleValues run = values;
  testing::RunInDouble(network->graph(), batch_statistics, run);
  const std::vector<double>& y = run[static_cast<size_t>(form->outputs[0])];
  ASSERT_EQ(y.size(), network->output().size());
  for (size_t i = 0; i < y.size(); ++i) {
    ASSERT_NEAR(network->output()[i], y[i], 2e-5 * std::max(1.0, std::abs(y[i]))) << i;
  }
  std::ranges::copy(weights, network->output_gradient().begin());
  network->Backward();
  CheckGradient(network->graph(), batch_statistics, values, form->inputs[0],
                network->input_gradient(), weights);
  for (const Parameter& parameter : network->parameters().all()) {
    if (!parameter.learned) continue;
    CheckGradient(network->graph(), batch_statistics, values, parameter.value,
                  network->parameters().gradients().subspan(parameter.first, parameter.count),
                  weights);
  }
}

std::string NameOfGradient(const ::testing::TestParamInfo<Gradient::ParamType>& test) {
  return Cases()[std::get<0>(test.param)].name + "_" +
         std::string(base::NameOf(std::get<1>(test.param))) +
         (std::get<2>(test.param) ? "" : "_stored_statistics");
}

INSTANTIATE_TEST_SUITE_P(Rows, Gradient,
                         ::testing::Combine(::testing::Range<size_t>(0, Cases().size()),
                                            ::testing::ValuesIn(base::MachineIsas()),
                                            ::testing::Bool()),
                         NameOfGradient);

// No row of the table is without a case.
TEST(GradientTable, EveryRowIsChecked) {
  std::set<std::string_view> checked;
  for (const Case& c : Cases()) {
    for (const graph::Node& node : testing::MustParse(TextOf(c)).nodes) {
      checked.insert(graph::NameOf(node.op));
    }
  }
  [&]<size_t... kIndex>(std::index_sequence<kIndex...>) {
    (([&] {
       const graph::Op op = std::variant_alternative_t<kIndex, graph::Op>{};
       const bool known = !IsTrainable(op) || checked.contains(graph::NameOf(op));
       EXPECT_TRUE(known) << graph::NameOf(op);
     }()),
     ...);
  }(std::make_index_sequence<std::variant_size_v<graph::Op>>());
}

}  // namespace
}  // namespace goldcrest::train
