#include "formats/keras/snake_case.h"

#include <cctype>

namespace goldcrest::formats::keras {
namespace {

bool IsUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool IsLower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string SnakeCase(std::string_view name) {
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

}  // namespace goldcrest::formats::keras
