#include "support/small_models.h"

#include <hdf5.h>
#include <zip.h>

#include <numeric>

#include "archive/npz.h"
#include "base/check.h"
#include "formats/keras/model.h"
#include "formats/tflite/tflite.h"
#include "graph/text.h"
#include "support/h5_file.h"
#include "support/small_graphs.h"
#include "support/temporary.h"
#include "tensor/npy.h"

namespace goldcrest::testing {
namespace {

// Layers of the Keras model by class, name and what their configuration says.
struct KerasLayer {
  const char* class_name;
  const char* name;
  const char* config;
};
constexpr KerasLayer kLayers[] = {
    {"Conv2D", "conv",
     R"(,"strides":[2,2],"dilation_rate":[1,1],"padding":"same","groups":1,)"
     R"("activation":"relu6","use_bias":true,"data_format":"channels_last")"},
    {"BatchNormalization", "norm", R"(,"axis":[3],"epsilon":0.001,"center":true,"scale":true)"},
    {"DepthwiseConv2D", "depth",
     R"(,"strides":[1,1],"dilation_rate":[1,1],"padding":"valid",)"
     R"("use_bias":false,"depth_multiplier":1)"},
    {"ReLU", "relu", R"(,"max_value":6.0,"negative_slope":0.0,"threshold":0.0)"},
    {"GlobalAveragePooling2D", "mean", R"(,"keepdims":false)"},
    {"Dropout", "dropout", R"(,"rate":0.25)"},
    {"Dense", "scores", R"(,"activation":"softmax","use_bias":true)"},
};

struct KerasWeight {
  const char* layer;
  const char* name;
  const char* zip_path;  // in a .keras file
  std::vector<hsize_t> shape;
};

const std::vector<KerasWeight>& Weights() {
  static const std::vector<KerasWeight> weights = {
      {"conv", "conv/kernel:0", "/layers/conv2d/vars/0", {3, 3, 3, 4}},
      {"conv", "conv/bias:0", "/layers/conv2d/vars/1", {4}},
      {"norm", "norm/gamma:0", "/layers/batch_normalization/vars/0", {4}},
      {"norm", "norm/beta:0", "/layers/batch_normalization/vars/1", {4}},
      {"norm", "norm/moving_mean:0", "/layers/batch_normalization/vars/2", {4}},
      {"norm", "norm/moving_variance:0", "/layers/batch_normalization/vars/3", {4}},
      {"depth", "depth/depthwise_kernel:0", "/layers/depthwise_conv2d/vars/0", {2, 2, 4, 1}},
      {"scores", "scores/kernel:0", "/layers/dense/vars/0", {4, 3}},
      {"scores", "scores/bias:0", "/layers/dense/vars/1", {3}},
  };
  return weights;
}

std::vector<float> Ramp(const std::vector<hsize_t>& shape) {
  std::vector<float> ramp(
      std::accumulate(shape.begin(), shape.end(), hsize_t{1}, std::multiplies()));
  for (size_t i = 0; i < ramp.size(); ++i) ramp[i] = 0.5F + static_cast<float>(i) / 64;
  return ramp;
}

tensor::Tensor SmallTensor(tensor::DType dtype, tensor::Shape shape) {
  auto tensor = tensor::Tensor::Create(dtype, std::move(shape));
  std::span<std::byte> bytes = tensor->mutable_view().bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 7);
  return std::move(*tensor);
}

// model.weights.h5 of a .keras file.
std::string KerasZipWeights() {
  TemporaryFolder folder;
  hid_t file = H5Fcreate(folder.File("w.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t create = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(create, 1);
  for (const KerasWeight& weight : Weights()) {
    hid_t space =
        H5Screate_simple(static_cast<int>(weight.shape.size()), weight.shape.data(), nullptr);
    hid_t set =
        H5Dcreate2(file, weight.zip_path, H5T_IEEE_F32LE, space, create, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, Ramp(weight.shape).data());
    H5Dclose(set);
    H5Sclose(space);
  }
  H5Pclose(create);
  H5Fclose(file);
  return ReadAll(folder.File("w.h5"));
}

using Entries = std::vector<std::pair<std::string, std::string>>;

std::string MakeZip(const Entries& entries, int method) {
  TemporaryFolder folder;
  zip_t* zip = zip_open(folder.File("a.zip").c_str(), ZIP_CREATE, nullptr);
  GOLDCREST_CHECK(zip != nullptr);
  for (const auto& [name, bytes] : entries) {
    zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    GOLDCREST_CHECK(index >= 0);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), method, 0);
    zip_file_set_dostime(zip, static_cast<zip_uint64_t>(index), 0, 1 << 5 | 1, 0);
  }
  GOLDCREST_CHECK(zip_close(zip) == 0);
  return ReadAll(folder.File("a.zip"));
}

}  // namespace

std::string SmallKerasConfig(bool keras3) {
  auto text = [](std::initializer_list<std::string_view> parts) {
    std::string all;
    for (std::string_view part : parts) all += part;
    return all;
  };
  std::string layers = text({R"({"class_name":"InputLayer","name":"in","config":{"name":"in",)",
                             keras3 ? R"("batch_shape")" : R"("batch_input_shape")",
                             R"(:[null,6,6,3],"dtype":"float32"},"inbound_nodes":[]})"});
  std::string from = "in";
  for (const KerasLayer& layer : kLayers) {
    std::string inbound =
        keras3 ? text({R"([{"args":[{"class_name":"__keras_tensor__","config":{"shape":[null,1],)",
                       R"("dtype":"float32","keras_history":[")", from,
                       R"(",0,0]}}],"kwargs":{"training":false,"mask":null}}])"})
               : text({R"([[[")", from, R"(",0,0,{}]]])"});
    layers += text({R"(,{"class_name":")", layer.class_name, R"(","name":")", layer.name,
                    R"(","config":{"name":")", layer.name, R"(")", layer.config,
                    R"(},"inbound_nodes":)", inbound, "}"});
    from = layer.name;
  }
  std::string_view ends = keras3
                              ? R"("input_layers":["in",0,0],"output_layers":["scores",0,0])"
                              : R"("input_layers":[["in",0,0]],"output_layers":[["scores",0,0]])";
  return text({R"({"class_name":"Functional","config":{"name":"small","layers":[)", layers, "],",
               ends, "}}"});
}

std::vector<std::vector<int>> SmallKerasShapes() {
  std::vector<std::vector<int>> shapes;
  for (const KerasWeight& weight : Weights()) {
    shapes.emplace_back(weight.shape.begin(), weight.shape.end());
  }
  return shapes;
}

graph::Graph SmallKerasGraph() {
  class Zeros : public formats::keras::WeightSource {
   public:
    Result<tensor::Tensor> Get(formats::keras::LayerPath, std::initializer_list<std::string_view>,
                               size_t) const override {
      const std::vector<hsize_t>& shape = Weights()[next_++].shape;
      return tensor::Tensor::Create(tensor::DType::kFloat32, {shape.begin(), shape.end()});
    }

   private:
    mutable size_t next_ = 0;
  };
  auto graph = formats::keras::BuildModel(SmallKerasConfig(true), "3", Zeros());
  GOLDCREST_CHECK(graph.has_value());
  return std::move(*graph);
}

std::vector<std::string> SmallTflites() {
  std::vector<std::string> files;
  for (bool labelled : {false, true}) {
    auto graph = graph::FromText(SmallGraphText());
    GOLDCREST_CHECK(graph.has_value());
    tensor::InputContract contract;
    contract.width = 5;
    contract.height = 6;
    contract.normalization.kind = tensor::NormalizationKind::kTf;
    graph->metadata.input_contract = contract;
    if (labelled) graph->metadata.labels = {"ant", "bee", "cat"};
    auto bytes = formats::tflite::Write(*graph);
    GOLDCREST_CHECK(bytes.has_value());
    files.emplace_back(base::AsText(*bytes));
  }
  for (const std::string& text :
       {SmallQuantizedGraphText(), SmallPictureGraphText(), SmallDetectionGraphText()}) {
    auto graph = graph::FromText(text);
    GOLDCREST_CHECK(graph.has_value());
    auto bytes = formats::tflite::Write(*graph);
    GOLDCREST_CHECK(bytes.has_value());
    files.emplace_back(base::AsText(*bytes));
  }
  return files;
}

std::vector<std::string> SmallKerasH5s() {
  std::vector<H5Weight> weights;
  for (const KerasWeight& weight : Weights()) {
    weights.push_back({weight.layer, weight.name, weight.shape, Ramp(weight.shape)});
  }
  std::vector<std::string> files;
  TemporaryFolder folder;
  for (bool keras3 : {false, true}) {
    WriteH5(folder.File("m.h5"), SmallKerasConfig(keras3), weights, keras3);
    files.push_back(ReadAll(folder.File("m.h5")));
  }
  return files;
}

std::vector<std::string> SmallKerasZips() {
  Entries entries = {{"metadata.json", R"({"keras_version": "3.15.1"})"},
                     {"config.json", SmallKerasConfig(true)},
                     {"model.weights.h5", KerasZipWeights()}};
  return {MakeZip(entries, ZIP_CM_STORE)};
}

std::vector<std::string> SmallKerasWeights() { return {KerasZipWeights()}; }

std::vector<std::string> SmallNpys() {
  std::vector<std::string> files;
  for (tensor::DType dtype : {tensor::DType::kFloat32, tensor::DType::kInt8}) {
    files.emplace_back(base::AsText(tensor::WriteNpy(SmallTensor(dtype, {2, 3, 5}).view())));
  }
  return files;
}

std::vector<std::string> SmallNpzs() {
  Entries entries;
  for (const std::string& npy : SmallNpys()) {
    entries.emplace_back(base::Cat("array", entries.size(), ".npy"), npy);
  }
  return {MakeZip(entries, ZIP_CM_STORE), MakeZip(entries, ZIP_CM_DEFLATE)};
}

}  // namespace goldcrest::testing
