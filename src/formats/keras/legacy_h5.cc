// A whole model in the legacy .h5 layout: the description in the root attribute model_config, the
// weights below /model_weights.
#include "base/file.h"
#include "formats/keras/hdf5_file.h"
#include "formats/keras/keras.h"
#include "formats/keras/legacy_weights.h"
#include "formats/keras/model.h"

namespace goldcrest::formats::keras {
namespace {

constexpr char kRoot[] = "/";
constexpr char kWeights[] = "/model_weights";

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
  return graph;
}

}  // namespace goldcrest::formats::keras
