// The JSON form of the input contract, as stored in model files.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tensor/input_contract.h"

namespace goldcrest::tensor {
namespace {

constexpr int kVersion = 1;
constexpr int64_t kLargestSide = 65535;

// Fields of a JSON object, each checked for its type; the first that is wrong is remembered.
class Fields {
 public:
  explicit Fields(const nlohmann::json& object) : object_(object) {}

  std::string Text(const char* key) {
    const nlohmann::json* value = Find(key, &nlohmann::json::is_string);
    return value ? value->get<std::string>() : std::string();
  }
  double Number(const char* key) {
    const nlohmann::json* value = Find(key, &nlohmann::json::is_number);
    return value ? value->get<double>() : 0;
  }
  int64_t Integer(const char* key) {
    const nlohmann::json* value = Find(key, &nlohmann::json::is_number_integer);
    return value ? value->get<int64_t>() : 0;
  }
  bool Bool(const char* key) {
    const nlohmann::json* value = Find(key, &nlohmann::json::is_boolean);
    return value && value->get<bool>();
  }
  const std::string& wrong() const { return wrong_; }

 private:
  const nlohmann::json* Find(const char* key, bool (nlohmann::json::*is_type)() const noexcept) {
    auto found = object_.find(key);
    if (found != object_.end() && ((*found).*is_type)()) return &*found;
    if (wrong_.empty()) wrong_ = key;
    return nullptr;
  }
  const nlohmann::json& object_;
  std::string wrong_;
};

// The fields that are texts, as the file has them.
struct Texts {
  std::string color, dct, crop, resize, normalize;
};

Status ParseTexts(const Texts& texts, InputContract& contract) {
  GOLDCREST_TRY(contract.color, ParseColorOrder(texts.color));
  GOLDCREST_TRY(contract.dct, ParseDctMode(texts.dct));
  GOLDCREST_RETURN_IF_ERROR(ParseCrop(texts.crop, contract));
  GOLDCREST_TRY(contract.resize, ParseResizeMode(texts.resize));
  GOLDCREST_TRY(contract.normalization, ParseNormalization(texts.normalize));
  return {};
}

}  // namespace

std::string ToJson(const InputContract& contract) {
  nlohmann::ordered_json json;
  json["version"] = kVersion;
  json["width"] = contract.width;
  json["height"] = contract.height;
  json["color"] = NameOf(contract.color);
  json["dct"] = NameOf(contract.dct);
  json["exif_orientation"] = contract.exif_orientation;
  json["crop"] = ToString(contract.crop, contract.crop_fraction);
  json["resize"] = NameOf(contract.resize);
  json["normalize"] = ToString(contract.normalization);
  json["dtype"] = NameOf(contract.dtype);
  json["scale"] = contract.scale;
  json["zero_point"] = contract.zero_point;
  return json.dump();
}

Result<InputContract> InputContractFromJson(std::string_view text) {
  auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Fail(ErrorCode::kInvalid, "the input contract is no JSON object");
  Fields fields(json);
  InputContract contract;
  int64_t version = fields.Integer("version");
  contract.width = fields.Integer("width");
  contract.height = fields.Integer("height");
  Texts texts;
  texts.color = fields.Text("color");
  texts.dct = fields.Text("dct");
  contract.exif_orientation = fields.Bool("exif_orientation");
  texts.crop = fields.Text("crop");
  texts.resize = fields.Text("resize");
  texts.normalize = fields.Text("normalize");
  std::string dtype = fields.Text("dtype");
  contract.scale = fields.Number("scale");
  contract.zero_point = fields.Integer("zero_point");
  if (!fields.wrong().empty()) {
    return Fail(ErrorCode::kInvalid, "the input contract's '", fields.wrong(),
                "' is missing or of the wrong type");
  }
  if (version != kVersion) {
    return Fail(ErrorCode::kUnsupported, "the input contract is of version ", version,
                "; this program knows version ", kVersion);
  }
  bool sized = contract.width > 0 && contract.width <= kLargestSide && contract.height > 0 &&
               contract.height <= kLargestSide;
  if (!sized || !std::isfinite(contract.scale) || contract.scale < 0) {
    return Fail(ErrorCode::kInvalid, "the input contract's size or scale is out of range");
  }
  Status parsed = ParseTexts(texts, contract);
  if (!parsed) {  // no flag of the user's
    return Fail(ErrorCode::kInvalid, "the input contract: ", parsed.error().message);
  }
  std::optional<DType> type = DTypeNamed(dtype);
  if (!type)
    return Fail(ErrorCode::kUnsupported, "the input contract's dtype '", dtype, "' is unknown");
  contract.dtype = *type;
  return contract;
}

}  // namespace goldcrest::tensor
