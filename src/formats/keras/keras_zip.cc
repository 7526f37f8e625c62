// Keras 3's own format: a zip archive of config.json, metadata.json and model.weights.h5, whose
// data sets are layers/<class in snake case>[_k]/vars/<n>: layers have no names there, only their
// class and place in the description.
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "archive/zip_reader.h"
#include "base/file.h"
#include "formats/keras/config.h"
#include "formats/keras/hdf5_file.h"
#include "formats/keras/keras.h"
#include "formats/keras/model.h"

namespace goldcrest::formats::keras {
namespace {

bool IsUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool IsLower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

// DepthwiseConv2D → depthwise_conv2d, ReLU → re_lu: Keras' naming.to_snake_case, an underscore
// before a capital that a small letter follows, then between a small letter and a capital.
std::string SnakeCase(const std::string& name) {
  std::string parted;
  for (size_t i = 0; i < name.size(); ++i) {
    bool word = i > 0 && IsUpper(name[i]) && i + 1 < name.size() && IsLower(name[i + 1]);
    if (word) parted += '_';
    parted += name[i];
  }
  std::string snake;
  for (size_t i = 0; i < parted.size(); ++i) {
    if (i > 0 && IsLower(parted[i - 1]) && IsUpper(parted[i])) snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(parted[i])));
  }
  return snake;
}

// The group of each layer's weights, by the layer's name. What is malformed is left out: the
// builder reports it.
std::map<std::string, std::string> Groups(std::string_view config) {
  std::map<std::string, std::string> groups;
  auto model = nlohmann::json::parse(config, nullptr, /*allow_exceptions=*/false);
  const nlohmann::json* inner = Find(model, "config");
  const nlohmann::json* layers = inner == nullptr ? nullptr : Find(*inner, "layers");
  if (layers == nullptr || !layers->is_array()) return groups;
  std::map<std::string, int> used;
  for (const nlohmann::json& layer : *layers) {
    const nlohmann::json* layer_config = Find(layer, "config");
    if (layer_config == nullptr) continue;
    std::string class_name = Text(layer, "class_name", "").value_or("");
    std::string name = Text(*layer_config, "name", "").value_or("");
    name = Text(layer, "name", name).value_or("");
    std::string group = SnakeCase(class_name);
    int before = used[group]++;
    groups[name] = base::Cat("layers/", group, before > 0 ? base::Cat("_", before) : "");
  }
  return groups;
}

class OrderedWeights : public WeightSource {
 public:
  OrderedWeights(const Hdf5File& file, std::map<std::string, std::string> groups)
      : file_(file), groups_(std::move(groups)) {}

  Result<tensor::Tensor> Get(const std::string& layer,
                             std::initializer_list<std::string_view> names,
                             size_t ordinal) const override {
    auto group = groups_.find(layer);
    if (group == groups_.end()) return Fail(ErrorCode::kInvalid, "has no place in the weights");
    return Within(base::Cat("its weight ", *names.begin()),
                  file_.Floats(base::Cat(group->second, "/vars/", ordinal)));
  }

 private:
  const Hdf5File& file_;
  std::map<std::string, std::string> groups_;
};

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
  OrderedWeights source(hdf5, Groups(description));
  GOLDCREST_TRY(graph::Graph graph, BuildModel(description, source));
  if (zip.Has(kContractName)) {
    GOLDCREST_TRY(base::AlignedBuffer contract, zip.Read(kContractName));
    GOLDCREST_RETURN_IF_ERROR(TakeContract(base::AsText(contract.bytes()), graph));
  }
  return graph;
}

}  // namespace goldcrest::formats::keras
