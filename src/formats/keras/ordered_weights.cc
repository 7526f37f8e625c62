#include "formats/keras/ordered_weights.h"

#include <nlohmann/json.hpp>

#include "formats/keras/config.h"
#include "formats/keras/description.h"
#include "formats/keras/snake_case.h"

namespace goldcrest::formats::keras {
namespace {

using nlohmann::json;

// The group of each layer's weights. What is malformed is left out: the builder reports it.
void Collect(const json& config, const std::string& parent, std::vector<std::string>& path,
             std::map<std::vector<std::string>, std::string>& groups) {
  const json* layers = config.is_array() ? &config : Find(config, "layers");
  if (layers == nullptr || !layers->is_array() || path.size() > kDeepestModel) return;
  GroupNames names(parent);
  for (const json& layer : *layers) {
    const json* layer_config = Find(layer, "config");
    if (layer_config == nullptr) continue;
    std::string name = Text(*layer_config, "name", "").value_or("");
    path.push_back(Text(layer, "name", name).value_or(""));
    std::string group = names.Next(Text(layer, "class_name", "").value_or(""));
    Collect(*layer_config, group + "/", path, groups);
    groups[path] = std::move(group);
    path.pop_back();
  }
}

}  // namespace

std::string GroupNames::Next(std::string_view class_name) {
  std::string group = SnakeCase(class_name);
  int before = used_[group]++;
  return base::Cat(parent_, "layers/", group, before > 0 ? base::Cat("_", before) : "");
}

OrderedWeights::OrderedWeights(const Hdf5File& file, std::string_view config) : file_(file) {
  json model = json::parse(config, nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> path;
  if (const json* inner = Find(model, "config")) Collect(*inner, "", path, groups_);
}

Result<tensor::Tensor> OrderedWeights::Get(LayerPath layer,
                                           std::initializer_list<std::string_view> names,
                                           size_t ordinal) const {
  auto group = groups_.find(std::vector<std::string>(layer.begin(), layer.end()));
  if (group == groups_.end()) return Fail(ErrorCode::kInvalid, "has no place in the weights");
  return Within(base::Cat("its weight ", *names.begin()),
                file_.Floats(base::Cat(group->second, "/vars/", ordinal)));
}

}  // namespace goldcrest::formats::keras
