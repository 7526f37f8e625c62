// Keras 3's own format: a zip archive of config.json, metadata.json and model.weights.h5.
#include <nlohmann/json.hpp>

#include "archive/zip_reader.h"
#include "archive/zip_writer.h"
#include "base/file.h"
#include "formats/keras/config.h"
#include "formats/keras/hdf5_file.h"
#include "formats/keras/hdf5_writer.h"
#include "formats/keras/keras.h"
#include "formats/keras/metadata.h"
#include "formats/keras/model.h"
#include "formats/keras/ordered_weights.h"
#include "formats/keras/write_config.h"
#include "formats/keras/written_model.h"

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

// The version whose spelling we write.
constexpr char kWrittenAs[] = R"({"keras_version": "3.15.1", "date_saved": "1980-01-01@00:00:00"})";

// model.weights.h5: a group a layer, which knows the layer's name.
Result<std::vector<std::byte>> WriteWeights(const WrittenModel& model) {
  GOLDCREST_TRY(Hdf5Writer file, Hdf5Writer::Create());
  GroupNames groups("");
  for (const WrittenLayer& layer : model.layers) {
    const std::string vars = base::Cat("/", groups.Next(layer.class_name), "/vars");
    GOLDCREST_RETURN_IF_ERROR(file.AddGroup(vars));
    GOLDCREST_RETURN_IF_ERROR(file.AddText(vars, "name", layer.name));
    size_t number = 0;
    for (const WrittenWeight& weight : layer.weights) {
      GOLDCREST_RETURN_IF_ERROR(file.AddFloats(base::Cat(vars, "/", number++), weight.shape,
                                               weight.elements.As<float>()));
    }
  }
  GOLDCREST_RETURN_IF_ERROR(file.AddGroup("/vars"));
  GOLDCREST_RETURN_IF_ERROR(file.AddText("/vars", "name", model.name));
  return file.Finish();
}

std::vector<std::byte> BytesOf(std::string_view text) {
  std::span<const std::byte> bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
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
  if (zip.Has(kLabelsName)) {
    GOLDCREST_TRY(base::AlignedBuffer labels, zip.Read(kLabelsName));
    GOLDCREST_RETURN_IF_ERROR(TakeLabels(base::AsText(labels.bytes()), graph));
  }
  return graph;
}

Result<std::vector<std::byte>> WriteKeras(const graph::Graph& graph) {
  GOLDCREST_TRY(WrittenModel model, ToLayers(graph, Spelling::kKeras3));
  GOLDCREST_TRY(std::vector<std::byte> weights, WriteWeights(model));
  archive::ZipEntries entries;
  entries.emplace_back("metadata.json", BytesOf(kWrittenAs));
  entries.emplace_back("config.json", BytesOf(WriteConfig(model, Spelling::kKeras3)));
  entries.emplace_back("model.weights.h5", std::move(weights));
  for (const auto& [name, text] : OurTexts(graph)) entries.emplace_back(name, BytesOf(text));
  return archive::WriteZip(entries);
}

}  // namespace goldcrest::formats::keras
