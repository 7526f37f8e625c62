// A whole model in the legacy .h5 layout: the description in the root attribute model_config, the
// weights below /model_weights.
#include "base/file.h"
#include "formats/keras/hdf5_file.h"
#include "formats/keras/hdf5_writer.h"
#include "formats/keras/keras.h"
#include "formats/keras/legacy_weights.h"
#include "formats/keras/metadata.h"
#include "formats/keras/model.h"
#include "formats/keras/write_config.h"
#include "formats/keras/written_model.h"

namespace goldcrest::formats::keras {
namespace {

constexpr char kRoot[] = "/";
constexpr char kWeights[] = "/model_weights";
constexpr char kWrittenAs[] = "2.15.0";  // the version whose spelling we write

Status AddVersion(const std::string& path, Hdf5Writer& file) {
  GOLDCREST_RETURN_IF_ERROR(file.AddText(path, "backend", "tensorflow"));
  return file.AddText(path, "keras_version", kWrittenAs);
}

// A group a layer, whose weights lie in another of the same name.
Status AddWeights(const WrittenModel& model, Hdf5Writer& file) {
  std::vector<std::string> layers;
  for (const WrittenLayer& layer : model.layers) {
    layers.push_back(layer.name);
    const std::string group = base::Cat(kWeights, "/", layer.name);
    GOLDCREST_RETURN_IF_ERROR(file.AddGroup(group));
    std::vector<std::string> names;
    for (const WrittenWeight& weight : layer.weights) {
      names.push_back(base::Cat(layer.name, "/", weight.name, ":0"));
      GOLDCREST_RETURN_IF_ERROR(file.AddFloats(base::Cat(group, "/", names.back()), weight.shape,
                                               weight.elements.As<float>()));
    }
    GOLDCREST_RETURN_IF_ERROR(file.AddTexts(group, "weight_names", names));
  }
  return file.AddTexts(kWeights, "layer_names", layers);
}

}  // namespace

bool SniffH5(std::span<const std::byte> file) {
  return base::AsText(file).starts_with("\x89HDF\r\n\x1a\n");
}

Result<graph::Graph> ReadH5(std::span<const std::byte> bytes) {
  GOLDCREST_TRY(Hdf5File file, Hdf5File::Open(bytes));
  if (!file.HasAttribute(kRoot, "model_config")) {
    bool weights_only = file.HasAttribute(kRoot, "layer_names") || file.HasGroup("/layers");
    if (weights_only) {
      return Fail(ErrorCode::kUnsupported,
                  "the file holds weights without a model; name the architecture that they belong "
                  "to (--architecture mobilenet_v1), or save the whole model (model.save, not "
                  "save_weights)");
    }
    return Fail(ErrorCode::kInvalid,
                "the HDF5 file holds no Keras model: its attribute model_config is missing");
  }
  if (!file.HasGroup(kWeights)) {
    return Fail(ErrorCode::kInvalid, "the HDF5 file holds a model without weights");
  }
  GOLDCREST_TRY(std::string config, file.Text(kRoot, "model_config"));
  std::string version;
  if (file.HasAttribute(kRoot, "keras_version")) {
    GOLDCREST_TRY(version, file.Text(kRoot, "keras_version"));
  }
  GOLDCREST_TRY(graph::Graph graph, BuildModel(config, version, LegacyWeights(file, kWeights)));
  if (file.HasAttribute(kRoot, kContractName)) {
    GOLDCREST_TRY(std::string contract, file.Text(kRoot, kContractName));
    GOLDCREST_RETURN_IF_ERROR(TakeContract(contract, graph));
  }
  if (file.HasAttribute(kRoot, kLabelsName)) {
    GOLDCREST_TRY(std::string labels, file.Text(kRoot, kLabelsName));
    GOLDCREST_RETURN_IF_ERROR(TakeLabels(labels, graph));
  }
  return graph;
}

Result<std::vector<std::byte>> WriteH5(const graph::Graph& graph) {
  GOLDCREST_TRY(WrittenModel model, ToLayers(graph, Spelling::kKeras2));
  GOLDCREST_TRY(Hdf5Writer file, Hdf5Writer::Create());
  GOLDCREST_RETURN_IF_ERROR(AddVersion(kRoot, file));
  GOLDCREST_RETURN_IF_ERROR(
      file.AddText(kRoot, "model_config", WriteConfig(model, Spelling::kKeras2)));
  for (const auto& [name, text] : OurTexts(graph)) {
    GOLDCREST_RETURN_IF_ERROR(file.AddText(kRoot, name, text));
  }
  GOLDCREST_RETURN_IF_ERROR(file.AddGroup(kWeights));
  GOLDCREST_RETURN_IF_ERROR(AddVersion(kWeights, file));
  GOLDCREST_RETURN_IF_ERROR(AddWeights(model, file));
  return file.Finish();
}

}  // namespace goldcrest::formats::keras
