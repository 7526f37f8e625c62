// Typed access to the JSON configuration of a layer; whatever is missing or of another type is an
// error that names the field.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace goldcrest::formats::keras {

// The member `key` of an object, or null where it is absent or null.
const nlohmann::json* Find(const nlohmann::json& object, const char* key);

Result<int64_t> Integer(const nlohmann::json& config, const char* key,
                        std::optional<int64_t> absent);
Result<double> Number(const nlohmann::json& config, const char* key, std::optional<double> absent);
Result<bool> Bool(const nlohmann::json& config, const char* key, std::optional<bool> absent);
Result<std::string> Text(const nlohmann::json& config, const char* key,
                         std::optional<std::string> absent);
// A list of integers, null standing for -1.
Result<std::vector<int64_t>> Integers(const nlohmann::json& config, const char* key);
// Two integers, or one that stands for both.
Result<std::vector<int64_t>> Pair(const nlohmann::json& config, const char* key);
// The same of a value already found, which is `key`'s.
Result<std::vector<int64_t>> PairOf(const nlohmann::json& value, const char* key);

}  // namespace goldcrest::formats::keras
