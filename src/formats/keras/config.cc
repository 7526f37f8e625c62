#include "formats/keras/config.h"

#include <cmath>

namespace goldcrest::formats::keras {
namespace {

using nlohmann::json;

std::unexpected<Error> Wrong(const char* key) {
  return Fail(ErrorCode::kInvalid, "its '", key, "' is missing or of the wrong type");
}

// Integers may be written as 1 or 1.0.
std::optional<int64_t> AsInteger(const json& value) {
  if (value.is_number_integer()) return value.get<int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  double number = value.get<double>();
  if (number != std::floor(number) || std::fabs(number) > 1e9) return std::nullopt;
  return static_cast<int64_t>(number);
}

Result<std::vector<int64_t>> IntegersOf(const json& value, const char* key) {
  if (!value.is_array() || value.size() > 8) return Wrong(key);
  std::vector<int64_t> numbers;
  for (const json& element : value) {
    std::optional<int64_t> number = element.is_null() ? -1 : AsInteger(element);
    if (!number) return Wrong(key);
    numbers.push_back(*number);
  }
  return numbers;
}

template <class T>
Result<T> OrAbsent(const char* key, std::optional<T> absent) {
  if (!absent) return Wrong(key);
  return *std::move(absent);
}

}  // namespace

const json* Find(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<int64_t> Integer(const json& config, const char* key, std::optional<int64_t> absent) {
  const json* value = Find(config, key);
  if (value == nullptr) return OrAbsent(key, absent);
  std::optional<int64_t> number = AsInteger(*value);
  if (!number) return Wrong(key);
  return *number;
}

Result<double> Number(const json& config, const char* key, std::optional<double> absent) {
  const json* value = Find(config, key);
  if (value == nullptr) return OrAbsent(key, absent);
  if (!value->is_number()) return Wrong(key);
  return value->get<double>();
}

Result<bool> Bool(const json& config, const char* key, std::optional<bool> absent) {
  const json* value = Find(config, key);
  if (value == nullptr) return OrAbsent(key, absent);
  if (value->is_boolean()) return value->get<bool>();
  std::optional<int64_t> number = AsInteger(*value);  // scale=1, as scripts have it
  if (number != 0 && number != 1) return Wrong(key);
  return number == 1;
}

Result<std::string> Text(const json& config, const char* key, std::optional<std::string> absent) {
  const json* value = Find(config, key);
  if (value == nullptr) return OrAbsent(key, std::move(absent));
  if (!value->is_string()) return Wrong(key);
  return value->get<std::string>();
}

Result<std::vector<int64_t>> Integers(const json& config, const char* key) {
  const json* value = Find(config, key);
  if (value == nullptr) return Wrong(key);
  return IntegersOf(*value, key);
}

Result<std::vector<int64_t>> PairOf(const json& value, const char* key) {
  if (std::optional<int64_t> both = AsInteger(value)) return std::vector<int64_t>{*both, *both};
  GOLDCREST_TRY(std::vector<int64_t> numbers, IntegersOf(value, key));
  if (numbers.size() != 2) return Wrong(key);
  return numbers;
}

Result<std::vector<int64_t>> Pair(const json& config, const char* key) {
  const json* value = Find(config, key);
  if (value == nullptr) return Wrong(key);
  return PairOf(*value, key);
}

}  // namespace goldcrest::formats::keras
