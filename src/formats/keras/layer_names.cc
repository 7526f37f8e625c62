#include "formats/keras/layer_names.h"

#include <algorithm>
#include <cctype>

#include "base/strings.h"

namespace goldcrest::formats::keras {
namespace {

bool IsAlphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string ValidName(std::string_view name) {
  std::string valid(name);
  std::ranges::replace_if(
      valid, [](char c) { return !IsAlphanumeric(c) && c != '_' && c != '.' && c != '-'; }, '_');
  if (valid.empty() || !IsAlphanumeric(valid[0])) valid = base::Cat("layer", valid);
  return valid;
}

LayerNames::LayerNames(std::vector<std::string> wanted) {
  for (std::string& name : wanted) {
    if (ValidName(name) == name) kept_.insert(std::move(name));
  }
}

std::string LayerNames::Take(std::string_view name) {
  if (auto kept = kept_.find(name); kept != kept_.end()) {
    std::string whole = *kept;
    if (taken_.insert(whole).second) return whole;
  }
  const std::string valid = ValidName(name);
  std::string free = valid;
  for (int count = 1; kept_.contains(free) || taken_.contains(free); ++count) {
    free = base::Cat(valid, "_", count);
  }
  taken_.insert(free);
  return free;
}

}  // namespace goldcrest::formats::keras
