#include "formats/tensorflow/attributes.h"

namespace goldcrest::formats::tensorflow {

using proto::AttrValue;

const AttrValue* Attributes::Find(std::string_view name) const {
  auto found = node_->attr().find(std::string(name));
  return found == node_->attr().end() ? nullptr : &found->second;
}

// Null where it is left out.
Result<const AttrValue*> Attributes::Get(std::string_view name, AttrValue::ValueCase kind) const {
  const AttrValue* value = Find(name);
  if (value != nullptr && value->value_case() != kind) {
    return Invalid("the attribute '", name, "' is of another kind than its operator's");
  }
  return value;
}

Result<int64_t> Attributes::Integer(std::string_view name, int64_t otherwise) const {
  GOLDCREST_TRY(const AttrValue* value, Get(name, AttrValue::kI));
  return value == nullptr ? otherwise : value->i();
}

Result<double> Attributes::Number(std::string_view name, double otherwise) const {
  GOLDCREST_TRY(const AttrValue* value, Get(name, AttrValue::kF));
  return value == nullptr ? otherwise : value->f();
}

Result<bool> Attributes::Flag(std::string_view name, bool otherwise) const {
  GOLDCREST_TRY(const AttrValue* value, Get(name, AttrValue::kB));
  return value == nullptr ? otherwise : value->b();
}

Result<std::string> Attributes::Text(std::string_view name, std::string_view otherwise) const {
  GOLDCREST_TRY(const AttrValue* value, Get(name, AttrValue::kS));
  return value == nullptr ? std::string(otherwise) : value->s();
}

Result<int32_t> Attributes::Type(std::string_view name, int32_t otherwise) const {
  GOLDCREST_TRY(const AttrValue* value, Get(name, AttrValue::kType));
  return value == nullptr ? otherwise : value->type();
}

Result<std::vector<int64_t>> Attributes::Integers(std::string_view name,
                                                  std::vector<int64_t> otherwise) const {
  GOLDCREST_TRY(const AttrValue* value, Get(name, AttrValue::kList));
  if (value == nullptr) return otherwise;
  constexpr int kMost = 64;
  if (value->list().i_size() > kMost) {
    return Invalid("the attribute '", name, "' has ", value->list().i_size(), " numbers");
  }
  return std::vector<int64_t>(value->list().i().begin(), value->list().i().end());
}

Status Attributes::ExpectChannelsLast() const {
  GOLDCREST_TRY(const std::string format, Text("data_format", "NHWC"));
  if (format == "NHWC") return {};
  return Fail(ErrorCode::kUnsupported, "the data format is ", format,
              "; only NHWC is read: export the graph with channels last");
}

}  // namespace goldcrest::formats::tensorflow
