#include "support/golden_models.h"

#include <gtest/gtest.h>

#include "api/constants.h"
#include "passes/passes.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::testing {
namespace {

tensor::Tensor FloatsOf(const uint8_t* bytes, tensor::Shape shape, auto&& convert) {
  auto out = tensor::Tensor::Create(tensor::DType::kFloat32, std::move(shape));
  std::span<float> floats = out->mutable_view().As<float>();
  for (size_t i = 0; i < floats.size(); ++i) floats[i] = convert(static_cast<float>(bytes[i]));
  return std::move(*out);
}

graph::ValueId SoftmaxInput(const graph::Graph& graph) {
  for (const graph::Node& node : graph.nodes) {
    if (std::holds_alternative<graph::Softmax>(node.op)) return node.inputs[0];
  }
  ADD_FAILURE() << "no softmax";
  return graph.outputs[0];
}

void ExpectGolden(const GoldenModel& c, const graph::Graph& graph, base::Isa isa,
                  const tensor::Tensor& inputs, int64_t step) {
  SCOPED_TRACE(base::Cat(c.model, " ", base::NameOf(isa)));
  tensor::Tensor golden = Golden(c.golden, c.array);
  tensor::Tensor logits;
  if (c.logits != nullptr) logits = Golden(c.golden, c.logits);
  runtime::Executor executor = MustPrepare(graph, {.keep_all_values = c.logits != nullptr}, isa);
  const size_t bytes = executor.input(0).bytes.size();
  const size_t classes = executor.output(0).As<float>().size();
  for (int64_t i = 0; i < inputs.shape()[0]; i += step) {
    auto at = static_cast<size_t>(i);
    std::ranges::copy(inputs.view().bytes.subspan(at * bytes, bytes),
                      executor.input(0).bytes.begin());
    executor.Run();
    for (size_t k = 0; k < classes; ++k) {
      ASSERT_NEAR(executor.output(0).As<float>()[k], golden.view().As<float>()[at * classes + k],
                  c.tolerance)
          << "picture " << i;
      if (c.logits == nullptr) continue;
      ASSERT_NEAR(executor.value(SoftmaxInput(graph))->As<float>()[k],
                  logits.view().As<float>()[at * classes + k], c.tolerance)
          << "logits of picture " << i;
    }
  }
}

}  // namespace

tensor::Tensor ImageNetInputs() {
  tensor::Tensor bytes = Golden("inputs_224.npz", "u8");
  return FloatsOf(bytes.view().As<uint8_t>().data(), bytes.shape(),
                  [](float x) { return x / 127.5F - 1.0F; });
}

tensor::Tensor PersonInputs() {
  tensor::Tensor bytes = Golden("vww_96.npz", "u8");
  return FloatsOf(bytes.view().As<uint8_t>().data(), bytes.shape(),
                  [](float x) { return x / 255.0F; });
}

// CIFAR-10's binary layout: a label, then the planes of red, green and blue.
tensor::Tensor CifarInputs() {
  std::string file = ReadAll(SharedFile("images/cifar10/test_batch.bin"));
  constexpr size_t kPixels = 1024;
  std::vector<uint8_t> pictures;
  for (size_t at = 0; at < file.size(); at += 1 + 3 * kPixels) {
    for (size_t i = 0; i < 3 * kPixels; ++i) {
      pictures.push_back(static_cast<uint8_t>(file[at + 1 + i % 3 * kPixels + i / 3]));
    }
  }
  auto count = static_cast<int64_t>(pictures.size() / (3 * kPixels));
  return FloatsOf(pictures.data(), {count, 32, 32, 3}, [](float x) { return x; });
}

tensor::Tensor EnlargedCifarInputs() {
  tensor::Tensor small = CifarInputs();
  const int64_t count = small.shape()[0];
  auto large = tensor::Tensor::Create(tensor::DType::kFloat32, {count, 96, 96, 3});
  const float* from = small.view().As<float>().data();
  float* to = large->mutable_view().As<float>().data();
  for (int64_t row = 0; row < count * 96; ++row) {
    for (int64_t i = 0; i < 96 * 3; ++i) *to++ = from[(row / 3 * 32 + i / 9) * 3 + i % 3];
  }
  return std::move(*large);
}

tensor::Tensor KeywordInputs() { return Golden("kws_ref_model.npz", "x"); }

tensor::Tensor WakeWordInputs() { return Golden("str_ww_ref_model.npz", "x"); }

void ExpectGoldenModels(std::span<const GoldenModel> models,
                        graph::Graph (*read)(const std::string& path)) {
  // Sanitizers and emulators are slow.
  constexpr bool kSlow = GOLDCREST_SANITIZED || GOLDCREST_EMULATED;
  for (const GoldenModel& c : models) {
    graph::Graph graph = read(SharedFile(std::string("models/") + c.model));
    api::PrepareToRun(graph);
    tensor::Tensor inputs = c.inputs();
    ExpectGolden(c, graph, base::Isa::kScalar, inputs, kSlow ? 19 : 5);
    ASSERT_TRUE(passes::Run(graph, {.evaluate = api::ConstantEvaluator(), .verify = true}));
    for (const graph::Node& node : graph.nodes) {
      EXPECT_FALSE(std::holds_alternative<graph::BatchNorm>(node.op)) << c.model;
    }
    for (base::Isa isa : base::MachineIsas()) {
      bool slow = kSlow || isa == base::Isa::kScalar;
      ExpectGolden(c, graph, isa, inputs, slow ? 19 : 1);
    }
  }
}

}  // namespace goldcrest::testing
