#include "formats/keras/legacy_weights.h"

#include <algorithm>

#include "formats/keras/keras1.h"

namespace goldcrest::formats::keras {
namespace {

// "conv1/kernel:0" and "conv1/kernel" → "kernel".
std::string_view LastPart(std::string_view name) {
  if (size_t slash = name.rfind('/'); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  return name.substr(0, name.find(':'));
}

// How many of the innermost names of `path` stand before the last part of `name`:
// "block/conv1/kernel:0" has two of base, block, conv1.
size_t NamesInCommon(std::string_view name, LayerPath path) {
  size_t common = 0;
  name = name.substr(0, name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/'));
  for (size_t i = path.size(); i-- > 0; ++common) {
    if (!name.ends_with(path[i])) return common;
    name.remove_suffix(path[i].size());
    if (!name.empty() && !name.ends_with('/')) return common;
    if (!name.empty()) name.remove_suffix(1);
  }
  return common;
}

}  // namespace

Result<std::vector<std::string>> LegacyWeights::DataSets(const std::string& layer) const {
  if (auto known = stored_.find(layer); known != stored_.end()) return known->second;
  const std::string group = base::Cat(root_, "/", layer);
  GOLDCREST_TRY(std::vector<std::string> stored, file_.SplitTexts(group, "weight_names"));
  for (std::string& name : stored) name = base::Cat(group, "/", name);
  stored_[layer] = stored;
  return stored;
}

Result<tensor::Tensor> LegacyWeights::Get(LayerPath layer,
                                          std::initializer_list<std::string_view> names,
                                          size_t /*ordinal*/) const {
  GOLDCREST_TRY(std::vector<std::string> stored, DataSets(layer.front()));
  const std::string* best = nullptr;
  size_t most = 0;
  size_t equals = 0;
  for (std::string_view name : names) {
    for (const std::string& candidate : stored) {
      const std::string_view last = LastPart(candidate);
      if (last != name && !IsKeras1Name(last, name)) continue;
      // A layer of the outer model has its group to itself.
      const size_t common = layer.size() == 1 ? 1 : NamesInCommon(candidate, layer);
      if (common == 0 || common < most) continue;
      equals = common == most ? equals + 1 : 1;
      most = common;
      best = &candidate;
    }
    if (best != nullptr) break;
  }
  if (best == nullptr) {
    constexpr size_t kMostNamed = 8;
    std::string more = stored.size() > kMostNamed ? ", …" : "";
    stored.resize(std::min(stored.size(), kMostNamed));
    return Fail(ErrorCode::kNotFound, "the file holds no weight '", *names.begin(),
                "' for it; it has ", stored.empty() ? "none" : base::Join(stored, ", "), more);
  }
  if (equals > 1 && layer.size() > 1) {
    return Fail(ErrorCode::kUnsupported, "the file holds ", equals, " weights '", *names.begin(),
                "' that could be its own; give the layers of the inner models names of their own");
  }
  return file_.Floats(*best);
}

}  // namespace goldcrest::formats::keras
