// The legacy .h5 layout: the description in the root attribute model_config; below /model_weights a
// group a layer, whose attribute weight_names lists its data sets.
#include <map>
#include <vector>

#include "base/file.h"
#include "formats/keras/hdf5_file.h"
#include "formats/keras/keras.h"
#include "formats/keras/model.h"

namespace goldcrest::formats::keras {
namespace {

constexpr char kRoot[] = "/";
constexpr char kWeights[] = "/model_weights";

// "conv1/kernel:0" and "conv1/kernel" → "kernel".
std::string_view LastPart(std::string_view name) {
  if (size_t slash = name.rfind('/'); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  return name.substr(0, name.find(':'));
}

class LegacyWeights : public WeightSource {
 public:
  explicit LegacyWeights(const Hdf5File& file) : file_(file) {}

  Result<tensor::Tensor> Get(const std::string& layer,
                             std::initializer_list<std::string_view> names,
                             size_t /*ordinal*/) const override {
    std::string group = base::Cat(kWeights, "/", layer);
    GOLDCREST_TRY(std::vector<std::string> stored, file_.Texts(group, "weight_names"));
    for (std::string_view name : names) {
      for (const std::string& candidate : stored) {
        if (LastPart(candidate) == name) return file_.Floats(base::Cat(group, "/", candidate));
      }
    }
    return Fail(ErrorCode::kNotFound, "the file holds no weight '", *names.begin(),
                "' for it; it has ", stored.empty() ? "none" : base::Join(stored, ", "));
  }

 private:
  const Hdf5File& file_;
};

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
                  "the file holds weights without a model; save the whole model "
                  "(model.save, not save_weights)");
    }
    return Fail(ErrorCode::kInvalid,
                "the HDF5 file holds no Keras model: its attribute model_config is missing");
  }
  if (!file.HasGroup(kWeights)) {
    return Fail(ErrorCode::kInvalid, "the HDF5 file holds a model without weights");
  }
  GOLDCREST_TRY(std::string config, file.Text(kRoot, "model_config"));
  GOLDCREST_TRY(graph::Graph graph, BuildModel(config, LegacyWeights(file)));
  if (file.HasAttribute(kRoot, kContractName)) {
    GOLDCREST_TRY(std::string contract, file.Text(kRoot, kContractName));
    GOLDCREST_RETURN_IF_ERROR(TakeContract(contract, graph));
  }
  return graph;
}

}  // namespace goldcrest::formats::keras
