// Names of layers as Keras takes them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace goldcrest::formats::keras {

// Letters, digits, '_', '.' and '-', the first a letter or a digit; all else becomes '_'.
std::string ValidName(std::string_view name);

// Hands out names, each once.
class LayerNames {
 public:
  // `wanted` are names that will be asked for: those that are valid go to nobody else.
  explicit LayerNames(std::vector<std::string> wanted);

  // The name itself where it is valid and free, else one like it.
  std::string Take(std::string_view name);

 private:
  std::set<std::string, std::less<>> kept_;  // for those who will ask
  std::set<std::string, std::less<>> taken_;
};

}  // namespace goldcrest::formats::keras
