// Keras 3's own format: a zip archive of config.json, metadata.json and model.weights.h5.
#include <nlohmann/json.hpp>

#include "archive/zip_reader.h"
#include "base/file.h"
#include "formats/keras/config.h"
#include "formats/keras/hdf5_file.h"
#include "formats/keras/keras.h"
#include "formats/keras/model.h"
#include "formats/keras/ordered_weights.h"

namespace goldcrest::formats::keras {
namespace {

// What metadata.json says of the version; empty where it says nothing.
std::string KerasVersion(const archive::ZipReader& zip) {
  if (!zip.Has("metadata.json")) return "";
  auto bytes = zip.Read("metadata.json");
  if (!bytes) return "";
  auto metadata = nlohmann::json::parse(base::AsText(bytes->bytes()), nullptr, false);
  return Text(metadata, "keras_version", "").value_or("");
}

}  // namespace

bool SniffKeras(std::span<const std::byte> file) {
  return base::AsText(file).starts_with("PK\x03\x04");
}

Result<graph::Graph> ReadKeras(std::span<const std::byte> file) {
  GOLDCREST_TRY(auto zip, archive::ZipReader::Open(file));
  if (!zip.Has("config.json") || !zip.Has("model.weights.h5")) {
    return Fail(ErrorCode::kInvalid,
                "the zip archive holds no Keras model: config.json or model.weights.h5 is missing");
  }
  GOLDCREST_TRY(base::AlignedBuffer config, zip.Read("config.json"));
  GOLDCREST_TRY(base::AlignedBuffer weights, zip.Read("model.weights.h5"));
  std::string_view description = base::AsText(config.bytes());
  GOLDCREST_TRY(Hdf5File hdf5, Within("model.weights.h5", Hdf5File::Open(weights.bytes())));
  OrderedWeights source(hdf5, description);
  GOLDCREST_TRY(graph::Graph graph, BuildModel(description, KerasVersion(zip), source));
  if (zip.Has(kContractName)) {
    GOLDCREST_TRY(base::AlignedBuffer contract, zip.Read(kContractName));
    GOLDCREST_RETURN_IF_ERROR(TakeContract(base::AsText(contract.bytes()), graph));
  }
  return graph;
}

}  // namespace goldcrest::formats::keras
