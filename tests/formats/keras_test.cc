#include "formats/keras/keras.h"

#include <gtest/gtest.h>

#include <cmath>

#include "archive/npz.h"
#include "base/file.h"
#include "formats/keras/model.h"
#include "graph/text.h"
#include "support/h5_file.h"
#include "support/read_model.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"
#include "tensor/difference.h"

namespace goldcrest::formats::keras {
namespace {

using testing::H5Weight;
using testing::TemporaryFolder;

constexpr char kV1[] = "models/keras_mobilenet_v1_025_224.h5";

Result<graph::Graph> ReadFile(const std::string& path) {
  auto file = base::MappedFile::Open(path);
  return ReadH5((*file)->bytes());
}

// A convolution, a dense layer and what lies between, as Keras 2 or Keras 3 describes them.
std::string Config(bool keras3, const std::string& middle = "Flatten") {
  auto layer = [&](const std::string& class_name, const std::string& name,
                   const std::string& config, const std::string& from) {
    std::string inbound = "[]";
    if (!from.empty()) {
      inbound =
          keras3
              ? R"([{"args":[{"class_name":"__keras_tensor__","config":{"shape":[null,1],"keras_history":[")" +
                    from + R"(",0,0]}}],"kwargs":{"training":false,"mask":null}}])"
              : R"([[[")" + from + R"(",0,0,{}]]])";
    }
    return R"({"class_name":")" + class_name + R"(","name":")" + name + R"(","config":{"name":")" +
           name + R"(")" + config + R"(},"inbound_nodes":)" + inbound + "}";
  };
  std::string shape = keras3 ? R"(,"batch_shape":[null,4,4,1],"dtype":"float32")"
                             : R"(,"batch_input_shape":[null,4,4,1],"dtype":"float32")";
  std::string ends = keras3 ? R"("input_layers":["in",0,0],"output_layers":["out",0,0])"
                            : R"("input_layers":[["in",0,0]],"output_layers":[["out",0,0]])";
  return R"({"class_name":")" + std::string(keras3 ? "Functional" : "Model") +
         R"(","config":{"name":"tiny","layers":[)" + layer("InputLayer", "in", shape, "") + "," +
         layer("Conv2D", "conv",
               R"(,"strides":[2,2],"dilation_rate":[1,1],"padding":"valid","activation":"relu")",
               "in") +
         "," + layer(middle, "middle", "", "conv") + "," +
         layer("Dense", "out", R"(,"activation":"softmax")", "middle") + "]," + ends + "}}";
}

std::vector<H5Weight> Weights() {
  return {{"conv", "conv/kernel:0", {2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}},
          {"conv", "conv/bias:0", {2}, {0.5, -100}},
          {"out", "out/kernel:0", {8, 2}, std::vector<float>(16, 0.25F)},
          {"out", "out/bias:0", {2}, {0, 1}}};
}

TEST(KerasH5, ReadsBothSpellingsAndBothKindsOfText) {
  TemporaryFolder folder;
  for (bool keras3 : {false, true}) {
    testing::WriteH5(folder.File("m.h5"), Config(keras3), Weights(), keras3);
    auto graph = ReadFile(folder.File("m.h5"));
    ASSERT_TRUE(graph) << graph.error().ToString();
    EXPECT_EQ(graph->name, "tiny");
    runtime::Executor executor = testing::MustPrepare(*graph, {.keep_all_values = true});
    std::span<float> x = executor.input(0).As<float>();
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
    executor.Run();
    // Top left: pixels 0, 1, 4, 5 by taps 1, 3, 5, 7 (channel 0) and 2, 4, 6, 8 (channel 1).
    graph::ValueId conv = graph->nodes[0].output;
    EXPECT_EQ(graph->value(conv).name, "conv");
    EXPECT_EQ(executor.value(conv)->As<float>()[0], 0 + 3 + 20 + 35 + 0.5F);
    EXPECT_EQ(executor.value(conv)->As<float>()[1], 0);  // 64 − 100, rectified
    EXPECT_NEAR(executor.output(0).As<float>()[1], 1 / (1 + std::exp(-1.0)), 1e-6);
  }
}

std::string ReadError(const std::string& path) {
  auto graph = ReadFile(path);
  return graph ? "read" : graph.error().ToString();
}

TEST(KerasH5, UnknownLayersAreNamedWithTheirPlace) {
  TemporaryFolder folder;
  testing::WriteH5(folder.File("m.h5"), Config(true, "LSTM"), Weights(), true);
  std::string error = ReadError(folder.File("m.h5"));
  EXPECT_NE(
      error.find("layer 2 'middle' (LSTM) › layers of class LSTM are not supported; supported "
                 "are InputLayer, Activation"),
      std::string::npos)
      << error;
}

TEST(KerasH5, MissingAndMisshapenWeightsAreErrors) {
  TemporaryFolder folder;
  std::vector<H5Weight> weights = Weights();
  weights.erase(weights.begin() + 1);
  testing::WriteH5(folder.File("m.h5"), Config(true), weights, true);
  EXPECT_EQ(ReadError(folder.File("m.h5")),
            "layer 1 'conv' (Conv2D) › the file holds no weight 'bias' for it; it has "
            "/model_weights/conv/conv/kernel:0");
  weights = Weights();
  weights[1].shape = {1};
  testing::WriteH5(folder.File("m.h5"), Config(true), weights, true);
  EXPECT_NE(ReadError(folder.File("m.h5")).find("the bias has the shape [1], [2] expected"),
            std::string::npos);
  weights = Weights();
  weights[0].shape = {2, 4};
  testing::WriteH5(folder.File("m.h5"), Config(true), weights, true);
  EXPECT_NE(ReadError(folder.File("m.h5")).find("4 dimensions expected"), std::string::npos);
}

TEST(KerasH5, MalformedDescriptionsAreErrors) {
  TemporaryFolder folder;
  std::string config = Config(true);
  auto error_with = [&](std::string_view from, std::string_view to) {
    std::string changed = config;
    changed.replace(changed.find(from), from.size(), to);
    testing::WriteH5(folder.File("m.h5"), changed, Weights(), true);
    return ReadError(folder.File("m.h5"));
  };
  EXPECT_NE(error_with("{", "[").find("no JSON object"), std::string::npos);
  EXPECT_NE(error_with("Functional", "Subclassed").find("of class Subclassed"), std::string::npos);
  EXPECT_NE(error_with(R"(["conv",0,0])", R"(["gone",0,0])").find("does not exist"),
            std::string::npos);
  EXPECT_NE(error_with(R"(["conv",0,0])", R"(["out",0,0])").find("or itself"), std::string::npos);
  EXPECT_NE(error_with(R"(["conv",0,0])", R"(["conv",0,1])").find("'conv' has no output 1"),
            std::string::npos);
  EXPECT_NE(error_with(R"("strides":[2,2])", R"("strides":[2])").find("'strides'"),
            std::string::npos);
  EXPECT_NE(error_with(R"("strides":[2,2])", R"("strides":[0,2])").find("stride or dilation of 0"),
            std::string::npos);
  EXPECT_NE(error_with(R"(null,4,4,1)", R"(null,1,1,1)").find("does not fit"), std::string::npos);
  EXPECT_NE(
      error_with(R"("output_layers":["out")", R"("output_layers":["end")").find("no layer 'end'"),
      std::string::npos);
}

// Keras 2's spelling of a layer: its class, name, further configuration and calls.
std::string LayerText(const std::string& class_name, const std::string& name,
                      const std::string& config, const std::string& calls) {
  return R"({"class_name":")" + class_name + R"(","config":{"name":")" + name + R"(")" + config +
         R"(},"inbound_nodes":)" + calls + "}";
}

constexpr char kInput[] = R"(,"batch_input_shape":[null,3])";

// x → shared; then the model `inner` (dense of the same name, then times two plus one) called
// twice: Keras 2 counts the calls of a model from one.
std::string NestedConfig(const std::string& inner_class) {
  const bool sequential = inner_class == "Sequential";
  const std::string none = "[]";
  std::string inner_layers =
      "[" + LayerText("InputLayer", "inner_in", kInput, none) + "," +
      LayerText("Dense", "dense", R"(,"use_bias":false)", R"([[["inner_in",0,0,{}]]])") + "," +
      (sequential
           ? LayerText("Rescaling", "twice", R"(,"scale":2,"offset":1)", none)
           : LayerText("TFOpLambda", "tf.math.multiply", R"(,"function":"math.multiply")",
                       R"([["dense",0,0,{"y":2.0,"name":null}]])") +
                 "," +
                 LayerText("TFOpLambda", "twice", R"(,"function":"__operators__.add")",
                           R"([["_CONSTANT_VALUE",-1,1.0,{"y":["tf.math.multiply",0,0]}]])")) +
      "]";
  std::string inner = R"(,"layers":)" + inner_layers +
                      R"(,"input_layers":[["inner_in",0,0]],"output_layers":[["twice",0,0]])";
  return R"({"class_name":"Functional","config":{"name":"outer","layers":[)" +
         LayerText("InputLayer", "in", kInput, none) + "," +
         LayerText("Dense", "dense", "", R"([[["in",0,0,{}]]])") + "," +
         LayerText(inner_class, "inner", inner, R"([[["dense",0,0,{}]],[["in",0,0,{}]]])") + "," +
         LayerText("Subtract", "difference", "", R"([[["inner",1,0,{}],["inner",2,0,{}]]])") +
         R"(],"input_layers":[["in",0,0]],"output_layers":[["difference",0,0]]}})";
}

TEST(KerasH5, ModelsInsideOfModelsAndSharedLayersAreBuiltIn) {
  TemporaryFolder folder;
  std::vector<float> identity = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::vector<float> turned = {0, 1, 0, 0, 0, 1, 1, 0, 0};
  std::vector<H5Weight> weights = {{"dense", "dense/kernel:0", {3, 3}, identity},
                                   {"dense", "dense/bias:0", {3}, {10, 20, 30}},
                                   {"inner", "other/dense/bias:0", {3}, {5, 5, 5}},
                                   {"inner", "dense/kernel:0", {3, 3}, turned}};
  for (const char* inner : {"Functional", "Model", "Sequential"}) {
    testing::WriteH5(folder.File("m.h5"), NestedConfig(inner), weights, true);
    auto graph = ReadFile(folder.File("m.h5"));
    ASSERT_TRUE(graph) << inner << ": " << graph.error().ToString();
    runtime::Executor executor = testing::MustPrepare(*graph, {});
    std::ranges::copy(std::vector<float>{1, 2, 4}, executor.input(0).As<float>().begin());
    executor.Run();
    // Twice what lies between x + (10, 20, 30) and x, turned.
    std::span<const float> y = executor.output(0).As<float>();
    EXPECT_EQ(std::vector<float>(y.begin(), y.end()), (std::vector<float>{60, 20, 40})) << inner;
    // The shared model's weights are there once.
    size_t kernels = 0;
    for (const graph::Value& value : graph->values) kernels += value.name.ends_with("dense/kernel");
    EXPECT_EQ(kernels, 2U);
  }
}

TEST(KerasH5, FunctionsMeanWhatTheirVersionMeant) {
  // hard_sigmoid: x / 5 + 1 / 2 in Keras 2, x / 6 + 1 / 2 in Keras 3, both between 0 and 1.
  struct None : WeightSource {
    Result<tensor::Tensor> Get(LayerPath, std::initializer_list<std::string_view>,
                               size_t) const override {
      return Fail(ErrorCode::kNotFound, "none");
    }
  };
  std::string config =
      R"({"class_name":"Functional","config":{"name":"m","layers":[)" +
      LayerText("InputLayer", "in", R"(,"batch_input_shape":[null,4])", "[]") + "," +
      LayerText("Activation", "out", R"(,"activation":"hard_sigmoid")", R"([[["in",0,0,{}]]])") +
      R"(],"input_layers":[["in",0,0]],"output_layers":[["out",0,0]]}})";
  for (const char* version : {"2.15.0", "3.15.1"}) {
    auto graph = BuildModel(config, version, None());
    ASSERT_TRUE(graph) << graph.error().ToString();
    runtime::Executor executor = testing::MustPrepare(*graph, {});
    std::ranges::copy(std::vector<float>{-4, -1, 1.5, 4}, executor.input(0).As<float>().begin());
    executor.Run();
    const double slope = *version == '2' ? 0.2 : 1.0 / 6;
    std::vector<double> expected = {0, 0.5 - slope, 0.5 + 1.5 * slope, 1};
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(executor.output(0).As<float>()[i], expected[i], 1e-6) << version;
    }
  }
}

TEST(KerasH5, ReadsKeras1ByItsDocumentedWords) {
  TemporaryFolder folder;
  auto layer = [](const std::string& class_name, const std::string& name,
                  const std::string& config) {
    return R"({"class_name":")" + class_name + R"(","config":{"name":")" + name + R"(")" + config +
           "}}";
  };
  const std::string config =
      R"({"class_name":"Sequential","config":[)" +
      layer("Convolution2D", "conv",
            R"(,"batch_input_shape":[null,4,4,1],"nb_filter":2,"nb_row":2,"nb_col":2,)"
            R"("subsample":[2,2],"border_mode":"valid","dim_ordering":"tf","bias":false,)"
            R"("activation":"relu")") +
      "," + layer("BatchNormalization", "norm", R"(,"axis":3,"epsilon":0,"mode":0)") + "," +
      layer("Dropout", "drop", R"(,"p":0.5)") + "," + layer("Flatten", "flat", "") + "," +
      layer("Dense", "out", R"(,"output_dim":1,"bias":true,"activation":"linear")") + "]}";
  std::vector<H5Weight> weights = {{"conv", "conv_W:0", {2, 2, 1, 2}, {1, 0, 1, 0, 1, 0, 1, 1}},
                                   {"norm", "norm_gamma:0", {2}, {1, 1}},
                                   {"norm", "norm_beta:0", {2}, {0, 0}},
                                   {"norm", "norm_running_mean:0", {2}, {0, 0}},
                                   {"norm", "norm_running_std:0", {2}, {4, 1}},
                                   {"out", "out_W:0", {8, 1}, {1, 1, 1, 1, 1, 1, 1, 1}},
                                   {"out", "out_b:0", {1}, {100}}};
  testing::WriteH5(folder.File("m.h5"), config, weights, true);
  auto graph = ReadFile(folder.File("m.h5"));
  ASSERT_TRUE(graph) << graph.error().ToString();
  runtime::Executor executor = testing::MustPrepare(*graph, {});
  std::span<float> x = executor.input(0).As<float>();
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
  executor.Run();
  // Half the sum of all pixels, and the lower right pixels of the four windows: 5, 7, 13, 15.
  EXPECT_FLOAT_EQ(executor.output(0).As<float>()[0], 120.0F / 2 + 40 + 100);
}

TEST(KerasH5, ListsSplitOverSeveralAttributesAreOne) {
  TemporaryFolder folder;
  const std::string path = folder.File("m.h5");
  testing::WriteH5(path, Config(true), Weights(), true);
  testing::SplitAttribute(path, "/model_weights/conv", "weight_names");
  auto graph = ReadFile(path);
  ASSERT_TRUE(graph) << graph.error().ToString();
}

TEST(KerasH5, OtherHdf5FilesAreRefused) {
  REQUIRE_SHARED();
  EXPECT_NE(ReadError(testing::SharedFile("models/keras_mobilenet_v1_025_224.weights.h5"))
                .find("weights without a model"),
            std::string::npos);
  EXPECT_NE(ReadError(testing::SharedFile("models/keras_mobilenet_v1_025_224.legacy_weights.h5"))
                .find("weights without a model"),
            std::string::npos);
  TemporaryFolder folder;
  hid_t file = H5Fcreate(folder.File("other.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  EXPECT_NE(ReadError(folder.File("other.h5")).find("holds no Keras model"), std::string::npos);
}

TEST(KerasH5, LinksOutOfTheFileAreRefused) {
  TemporaryFolder folder;
  testing::WriteH5(folder.File("m.h5"), Config(true), Weights(), true);
  hid_t file = H5Fopen(folder.File("m.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  H5Ldelete(file, "model_weights/out/out/kernel:0", H5P_DEFAULT);
  H5Lcreate_external("/etc/passwd", "/x", file, "model_weights/out/out/kernel:0", H5P_DEFAULT,
                     H5P_DEFAULT);
  H5Fclose(file);
  EXPECT_NE(ReadError(folder.File("m.h5")).find("is a link"), std::string::npos);
}

TEST(KerasH5, DataSetsThatClaimMoreThanTheFileHoldsAreRefused) {
  TemporaryFolder folder;
  testing::WriteH5(folder.File("m.h5"), Config(true), Weights(), true);
  hid_t file = H5Fopen(folder.File("m.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  H5Ldelete(file, "model_weights/out/out/kernel:0", H5P_DEFAULT);
  hsize_t shape[] = {1 << 20, 1 << 12};
  hid_t space = H5Screate_simple(2, shape, nullptr);
  // Never written, so nothing is stored.
  hid_t set = H5Dcreate2(file, "model_weights/out/out/kernel:0", H5T_IEEE_F32LE, space, H5P_DEFAULT,
                         H5P_DEFAULT, H5P_DEFAULT);
  H5Dclose(set);
  H5Sclose(space);
  H5Fclose(file);
  EXPECT_NE(ReadError(folder.File("m.h5")).find("but the file stores 0"), std::string::npos);
}

// What would be read as something else than the file means.
TEST(KerasH5, LayersThatWouldBeMisreadAreRefused) {
  TemporaryFolder folder;
  auto error_of = [&](const std::string& layer) {
    std::string config = R"({"class_name":"Sequential","config":{"name":"s","layers":[
      {"class_name":"InputLayer","config":{"name":"in","batch_shape":[null,4,4,3]}},)" +
                         layer + "]}}";
    testing::WriteH5(folder.File("m.h5"), config,
                     {{"d", "d/depthwise_kernel:0", {1, 1, 6, 1}, std::vector<float>(6, 1)}}, true);
    return ReadError(folder.File("m.h5"));
  };
  EXPECT_NE(error_of(R"({"class_name":"BatchNormalization","config":{"name":"b","axis":[1,3]}})")
                .find("normalizes several axes"),
            std::string::npos);
  EXPECT_NE(
      error_of(R"({"class_name":"Flatten","config":{"name":"f","data_format":"channels_first"}})")
          .find("channels_first"),
      std::string::npos);
  EXPECT_NE(error_of(R"({"class_name":"Reshape","config":{"name":"r","target_shape":[4,4,1]}})")
                .find("does not hold the 48 elements"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"class_name":"DepthwiseConv2D","config":{"name":"d","strides":[1,1],
                         "dilation_rate":[1,1],"padding":"same"}})")
                .find("its kernel reads 6 channels, its input has 3"),
            std::string::npos);
  std::string deep(100000, '[');
  EXPECT_NE(error_of(R"({"class_name":"ZeroPadding2D","config":{"name":"z","padding":[)" + deep +
                     std::string(100000, ']') + ",[0,1]]}}")
                .find("'padding'"),
            std::string::npos);
  EXPECT_EQ(error_of(R"({"class_name":"Reshape","config":{"name":"r","target_shape":[-1,8]}})"),
            "read");

  std::string config = Config(false);
  std::string call = R"(["middle",0,0,{}])";
  config.replace(config.find(call), call.size(), R"(["middle",0,0,{"training":true}])");
  testing::WriteH5(folder.File("m.h5"), config, Weights(), true);
  EXPECT_NE(ReadError(folder.File("m.h5")).find("training=True"), std::string::npos);
}

TEST(KerasH5, ManyLayersInAnyOrderAreRead) {
  TemporaryFolder folder;
  constexpr int kLayers = 3000;
  std::string layers;
  for (int i = kLayers; i > 0; --i) {
    layers += base::Cat(R"({"class_name":"Flatten","name":"f)", i, R"(","config":{"name":"f)", i,
                        R"("},"inbound_nodes":[[["f)", i - 1, R"(",0,0,{}]]]},)");
  }
  testing::WriteH5(folder.File("m.h5"),
                   R"({"class_name":"Model","config":{"name":"m","layers":[)" + layers +
                       R"({"class_name":"InputLayer","name":"f0","config":{"name":"f0",
                       "batch_input_shape":[null,2,2]},"inbound_nodes":[]}],
                       "input_layers":[["f0",0,0]],"output_layers":[["f)" +
                       base::Cat(kLayers) + R"(",0,0]]}})",
                   {}, true);
  auto graph = ReadFile(folder.File("m.h5"));
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_EQ(graph->nodes.size(), static_cast<size_t>(kLayers));
}

// Keras 3's own file of the same model is the same graph.
TEST(KerasZip, IsTheSameModel) {
  REQUIRE_SHARED();
  graph::Graph h5 = testing::MustRead(testing::SharedFile(kV1));
  graph::Graph zip =
      testing::MustRead(testing::SharedFile("models/keras_mobilenet_v1_025_224.keras"));
  EXPECT_TRUE(graph::ToText(h5) == graph::ToText(zip));
}

// The graph as imported, on reference kernels, against Keras.
TEST(KerasH5, MobileNetComputesWhatKerasDoes) {
  REQUIRE_SHARED();
  graph::Graph graph = testing::MustRead(testing::SharedFile(kV1));
  EXPECT_EQ(graph.nodes.size(), 90U);
  testing::ExpectKerasOutputs(graph, base::Isa::kScalar);
}

TEST(KerasH5, MobileNetLayerByLayer) {
  REQUIRE_SHARED();
  constexpr char kLayers[] = "keras_mobilenet_v1_025_224.layers.npz";
  graph::Graph graph = testing::MustRead(testing::SharedFile(kV1));
  runtime::Executor executor =
      testing::MustPrepare(graph, {.keep_all_values = true}, base::Isa::kScalar);
  testing::SetInput(executor, testing::GoldenInput(0).view());
  executor.Run();
  auto golden = archive::NpzReader::Open(testing::SharedFile(std::string("golden/") + kLayers));
  ASSERT_TRUE(golden);
  int compared = 0;
  for (const graph::Node& node : graph.nodes) {
    auto layer = golden->Read(graph.NameOf(node));
    if (!layer) continue;
    tensor::Difference difference = tensor::Compare(layer->view(), *executor.value(node.output));
    EXPECT_LT(difference.max_relative, 1e-3) << graph.NameOf(node);
    ++compared;
  }
  EXPECT_EQ(compared, static_cast<int>(golden->names().size()));
}

}  // namespace
}  // namespace goldcrest::formats::keras
