// Real integer .tflite files against LiteRT: not a byte may differ, in any of its arithmetics, at
// any level of the machine and with any number of threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "api/constants.h"
#include "support/golden_models.h"
#include "support/run_graph.h"
#include "support/shared.h"

namespace goldcrest::api {
namespace {

using tensor::Arithmetic;

constexpr bool kSlow = GOLDCREST_SANITIZED || GOLDCREST_EMULATED;

struct IntegerModel {
  const char* model;   // below models/
  const char* golden;  // below golden/
  const char* prefix;  // of the arrays "ref", "builtin", "xnnpack"
  tensor::Tensor (*inputs)();
  bool large = false;

  friend void PrintTo(const IntegerModel& model, std::ostream* out) { *out << model.model; }
};

// The centre of the pictures, as bytes of scale 1/128 and zero point 128.
template <int64_t kSize>
tensor::Tensor BytesOf128() {
  const tensor::Tensor bytes = testing::Golden("inputs_224.npz", "u8");
  const uint8_t* pictures = bytes.view().As<uint8_t>().data();
  constexpr int64_t kFull = 224;
  constexpr int64_t kEdge = (kFull - kSize) / 2;
  auto out = tensor::Tensor::Create(tensor::DType::kFloat32, {bytes.shape()[0], kSize, kSize, 3});
  float* to = out->mutable_view().As<float>().data();
  for (int64_t row = 0; row < bytes.shape()[0] * kSize; ++row) {
    const int64_t from = row / kSize * kFull + kEdge + row % kSize;
    for (int64_t i = 0; i < kSize * 3; ++i) {
      *to++ = (static_cast<float>(pictures[(from * kFull + kEdge) * 3 + i]) - 128) / 128;
    }
  }
  return std::move(*out);
}

// Grey bytes, less 128, of scale 2/255 and zero point −1.
tensor::Tensor GreyInputs() {
  const tensor::Tensor bytes = testing::Golden("person_detect.npz", "u8");
  auto out = tensor::Tensor::Create(tensor::DType::kFloat32, bytes.shape());
  std::span<float> to = out->mutable_view().As<float>();
  for (size_t i = 0; i < to.size(); ++i) {
    to[i] = (static_cast<float>(bytes.view().As<uint8_t>()[i]) - 127) * 2 / 255;
  }
  return std::move(*out);
}

tensor::Tensor KeywordInputs() { return testing::Golden("kws_ref_model.npz", "x"); }

constexpr IntegerModel kIntegerModels[] = {
    {"mobilenet_v1_0.25_128_quant.tflite", "mobilenet_v1_0.25_128_quant.npz", "", BytesOf128<128>},
    {"mobilenet_v1_0.25_128_quant.toco_uint8.tf.tflite",
     "mobilenet_v1_0.25_128_quant.toco_uint8.tf.npz", "", BytesOf128<128>},
    {"mobilenet_v1_0.5_160_quant.tflite", "mobilenet_v1_0.5_160_quant.npz", "", BytesOf128<160>,
     true},
    {"mobilenet_v2_1.0_224_quant.tflite", "mobilenet_v2_1.0_224_quant.npz", "", BytesOf128<224>,
     true},
    {"mobilenet_v2_1.0_224_inat_bird_quant.tflite", "mobilenet_v2_1.0_224_inat_bird_quant.npz", "",
     BytesOf128<224>, true},
    {"keras_mobilenet_v1_025_224.int8.tf.tflite", "keras_mobilenet_v1_025_224.int8.tf.npz", "",
     testing::ImageNetInputs},
    {"keras_mobilenet_v1_025_224.uint8io.tf.tflite", "keras_mobilenet_v1_025_224.uint8io.tf.npz",
     "", testing::ImageNetInputs},
    {"keras_mobilenet_v1_025_224.int16x8.tf.tflite", "keras_mobilenet_v1_025_224.int16x8.tf.npz",
     "", testing::ImageNetInputs},
    {"keras_mobilenet_v2_100_224.int8.tf.tflite", "keras_mobilenet_v2_100_224.int8.tf.npz", "",
     testing::ImageNetInputs, true},
    {"keras_mobilenet_v3_small_050_96.int8.tf.tflite", "keras_mobilenet_v3_small_050_96.npz",
     "int8/", testing::EnlargedCifarInputs},
    {"vww_96_int8.tflite", "vww_96.npz", "vww_96_int8/", testing::PersonInputs},
    {"pretrainedResnet_quant.tflite", "pretrainedResnet.npz", "int8/", testing::CifarInputs},
    {"person_detect.tflite", "person_detect.npz", "", GreyInputs},
    {"kws_ref_model.tflite", "kws_ref_model.npz", "kws_ref_model/", KeywordInputs},
    {"str_ww_ref_model.tflite", "str_ww_ref_model.npz", "", testing::WakeWordInputs},
};

// Input `index` in the type and scale that the model takes: half to even.
void SetInput(runtime::Executor& executor, const tensor::Tensor& inputs, int64_t index) {
  const graph::Value& value = executor.graph().value(executor.graph().inputs[0]);
  const tensor::MutableTensorView to = executor.input(0);
  const size_t count = to.bytes.size() / tensor::SizeOf(value.dtype);
  const std::span<const float> from =
      inputs.view().As<float>().subspan(static_cast<size_t>(index) * count, count);
  if (value.dtype == tensor::DType::kFloat32) {
    std::ranges::copy(from, to.As<float>().begin());
    return;
  }
  const tensor::IntegerLimits limits = *tensor::LimitsOf(value.dtype);
  const float scale = value.quantization.scale[0];
  for (size_t i = 0; i < count; ++i) {
    const float q =
        std::rint(from[i] / scale) + static_cast<float>(value.quantization.zero_point[0]);
    const auto integer = static_cast<int32_t>(
        std::clamp(q, static_cast<float>(limits.low), static_cast<float>(limits.high)));
    to.bytes[i] = static_cast<std::byte>(integer);  // of 8 bits
  }
}

// The array of an arithmetic; one that is not there equals the reference kernels'.
tensor::Tensor GoldenOf(const IntegerModel& model, Arithmetic arithmetic) {
  const std::string prefix = model.prefix;
  const testing::NpzFile file(testing::SharedFile(std::string("golden/") + model.golden));
  const std::string name =
      prefix + (arithmetic == Arithmetic::kReference ? "ref" : tensor::NameOf(arithmetic).data());
  auto own = file.Read(name);
  if (own) return std::move(*own);
  return testing::Golden(model.golden, prefix + "ref");
}

// Every `step`th input.
void ExpectBytes(const IntegerModel& model, const graph::Graph& graph, const tensor::Tensor& inputs,
                 Arithmetic arithmetic, base::Isa isa, int threads, int64_t step) {
  SCOPED_TRACE(base::Cat(model.model, " ", tensor::NameOf(arithmetic), " ", base::NameOf(isa),
                         ", threads: ", threads));
  const tensor::Tensor golden = GoldenOf(model, arithmetic);
  base::ThreadPool pool(threads);
  runtime::Executor executor =
      testing::MustPrepare(graph, {.pool = &pool, .arithmetic = arithmetic}, isa);
  const size_t bytes = executor.output(0).bytes.size();
  const std::span<const std::byte> expected = golden.view().bytes;
  ASSERT_EQ(expected.size(), bytes * static_cast<size_t>(inputs.shape()[0]));
  for (int64_t i = 0; i < inputs.shape()[0]; i += step) {
    SetInput(executor, inputs, i);
    executor.Run();
    ASSERT_TRUE(std::ranges::equal(executor.output(0).bytes,
                                   expected.subspan(static_cast<size_t>(i) * bytes, bytes)))
        << "input " << i;
  }
}

class IntegerModelFile : public ::testing::TestWithParam<IntegerModel> {};

TEST_P(IntegerModelFile, HasLiteRtsBytes) {
  REQUIRE_SHARED();
  const IntegerModel& model = GetParam();
  const bool full =
      std::getenv("GOLDCREST_FULL") != nullptr && *std::getenv("GOLDCREST_FULL") != '\0';
  graph::Graph graph =
      testing::MustReadTflite(testing::SharedFile(std::string("models/") + model.model));
  PrepareToRun(graph);
  const tensor::Tensor inputs = model.inputs();
  const int64_t few = inputs.shape()[0] - 1;
  for (Arithmetic arithmetic :
       {Arithmetic::kXnnpack, Arithmetic::kReference, Arithmetic::kBuiltin}) {
    for (base::Isa isa : base::MachineIsas()) {
      const bool highest = isa == base::MachineIsa();
      if (!highest && (GOLDCREST_SANITIZED || (GOLDCREST_EMULATED && model.large))) continue;
      // Plain loops are slow.
      const bool slow = kSlow || isa == base::Isa::kScalar;
      const int64_t step = GOLDCREST_EMULATED && !highest ? inputs.shape()[0] : few;
      ExpectBytes(model, graph, inputs, arithmetic, isa, 1, slow && !full ? step : 1);
    }
    if (kSlow && arithmetic != Arithmetic::kXnnpack) continue;
    for (int threads : {2, 3, 8}) {
      ExpectBytes(model, graph, inputs, arithmetic, base::MachineIsa(), threads, full ? 1 : few);
    }
  }
}

std::string FileName(const ::testing::TestParamInfo<IntegerModel>& model) {
  std::string name = model.param.model;
  std::erase_if(name, [](char c) { return c == '.' || c == '-'; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(Each, IntegerModelFile, ::testing::ValuesIn(kIntegerModels), FileName);

struct LayeredModel {
  const char* model;
  const char* layers;
  tensor::Tensor (*inputs)();
};

// Arrays "<operator's place in the file>_<its name>", of the reference kernels and the first input.
TEST(IntegerModels, HaveTheReferenceKernelsBytesLayerByLayer) {
  REQUIRE_SHARED();
  constexpr LayeredModel kLayered[] = {
      {"keras_mobilenet_v1_025_224.int8.tf.tflite", "keras_mobilenet_v1_025_224.int8.tf.layers.npz",
       testing::ImageNetInputs},
      {"mobilenet_v1_0.25_128_quant.tflite", "mobilenet_v1_0.25_128_quant.layers.npz",
       BytesOf128<128>},
  };
  for (const LayeredModel& model : kLayered) {
    const graph::Graph graph =
        testing::MustReadTflite(testing::SharedFile(std::string("models/") + model.model));
    runtime::Executor executor = testing::MustPrepare(
        graph, {.arithmetic = Arithmetic::kReference, .keep_all_values = true});
    SetInput(executor, model.inputs(), 0);
    executor.Run();
    const testing::NpzFile layers(testing::SharedFile(std::string("golden/") + model.layers));
    ASSERT_GT(layers.names().size(), 20U);
    for (const std::string& name : layers.names()) {
      const auto node = static_cast<size_t>(std::stoi(name));
      const tensor::Tensor golden = std::move(*layers.Read(name));
      EXPECT_TRUE(
          std::ranges::equal(executor.value(graph.nodes[node].output)->bytes, golden.view().bytes))
          << model.model << " " << name;
    }
  }
}

// Layers have the reference kernels' bytes; what is float all through may be a rounding away.
TEST(IntegerModels, DynamicRangeIsThatOfTheReferenceKernels) {
  REQUIRE_SHARED();
  graph::Graph graph = testing::MustReadTflite(
      testing::SharedFile("models/keras_mobilenet_v1_025_224.dynamic.tf.tflite"));
  PrepareToRun(graph);
  const tensor::Tensor golden = testing::Golden("keras_mobilenet_v1_025_224.dynamic.tf.npz", "ref");
  const tensor::Tensor inputs = testing::ImageNetInputs();
  for (const base::Isa isa : base::MachineIsas()) {
    runtime::Executor executor =
        testing::MustPrepare(graph, {.arithmetic = Arithmetic::kReference}, isa);
    const int64_t step = kSlow || isa == base::Isa::kScalar ? 19 : 1;
    for (int64_t i = 0; i < inputs.shape()[0]; i += step) {
      SetInput(executor, inputs, i);
      executor.Run();
      const std::span<const float> ours = executor.output(0).As<float>();
      const std::span<const float> theirs =
          golden.view().As<float>().subspan(static_cast<size_t>(i) * ours.size(), ours.size());
      for (size_t k = 0; k < ours.size(); ++k) ASSERT_NEAR(ours[k], theirs[k], 1e-5) << i;
    }
  }
}

}  // namespace
}  // namespace goldcrest::api
