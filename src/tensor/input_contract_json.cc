// The JSON form of the input contract, as stored in model files.
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "tensor/input_contract.h"

namespace goldcrest::tensor {
namespace {

constexpr int kVersion = 1;
constexpr int64_t kLargestSide = 65535;

// A member's value; nothing where it is no scalar.
using Scalar = std::variant<std::monostate, bool, int64_t, double, std::string>;

// Collects the members of a JSON object as they are parsed: the library's own tree of values would
// allocate memory in its destructor, which must not fail.
class Members : public nlohmann::json_sax<nlohmann::json> {
 public:
  // False where `text` is no JSON object.
  bool Parse(std::string_view text) { return nlohmann::json::sax_parse(text, this) && object_; }

  const Scalar* Find(const char* key) const {
    auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }

  bool null() override { return Put({}); }
  bool boolean(bool value) override { return Put(value); }
  bool number_integer(int64_t value) override { return Put(value); }
  bool number_unsigned(uint64_t value) override {
    if (std::in_range<int64_t>(value)) return Put(static_cast<int64_t>(value));
    return Put(static_cast<double>(value));
  }
  bool number_float(double value, const std::string&) override { return Put(value); }
  bool string(std::string& value) override { return Put(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool key(std::string& name) override {
    if (depth_ == 1) key_ = std::move(name);
    return true;
  }
  bool start_object(size_t) override {
    object_ = object_ || depth_ == 0;
    return Put({}) && ++depth_ > 0;
  }
  bool start_array(size_t) override { return Put({}) && ++depth_ > 0; }
  bool end_object() override { return --depth_ >= 0; }
  bool end_array() override { return --depth_ >= 0; }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  bool Put(Scalar value) {
    if (depth_ == 1) values_[key_] = std::move(value);
    return true;
  }

  bool object_ = false;
  int depth_ = 0;
  std::string key_;
  std::map<std::string, Scalar, std::less<>> values_;
};

// Members, each checked for its type; the first that is wrong is remembered.
class Fields {
 public:
  explicit Fields(const Members& members) : members_(members) {}

  std::string Text(const char* key) { return Find<std::string>(key); }
  double Number(const char* key) {
    const Scalar* value = members_.Find(key);
    const auto* integer = value == nullptr ? nullptr : std::get_if<int64_t>(value);
    return integer != nullptr ? static_cast<double>(*integer) : Find<double>(key);
  }
  int64_t Integer(const char* key) { return Find<int64_t>(key); }
  bool Bool(const char* key) { return Find<bool>(key); }
  const std::string& wrong() const { return wrong_; }

 private:
  template <class T>
  T Find(const char* key) {
    const Scalar* value = members_.Find(key);
    const T* found = value == nullptr ? nullptr : std::get_if<T>(value);
    if (found != nullptr) return *found;
    if (wrong_.empty()) wrong_ = key;
    return T();
  }

  const Members& members_;
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
  Members members;
  if (!members.Parse(text)) {
    return Fail(ErrorCode::kInvalid, "the input contract is no JSON object");
  }
  Fields fields(members);
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
