#include "formats/onnx/attributes.h"

namespace goldcrest::formats::onnx {

using proto::AttributeProto;

const AttributeProto* Attributes::Find(std::string_view name) const {
  for (const AttributeProto& attribute : node_->attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

Result<const AttributeProto*> Attributes::Get(std::string_view name,
                                              AttributeProto::AttributeType kind) const {
  const AttributeProto* attribute = Find(name);
  if (attribute == nullptr) return nullptr;
  if (!attribute->ref_attr_name().empty()) {
    return Fail(ErrorCode::kUnsupported, "the attribute '", name, "' is a function's argument");
  }
  if (attribute->type() != kind) {
    return Invalid("the attribute '", name, "' is of another kind than its operator's");
  }
  return attribute;
}

Result<int64_t> Attributes::Integer(std::string_view name, int64_t otherwise) const {
  GOLDCREST_TRY(const AttributeProto* attribute, Get(name, AttributeProto::INT));
  return attribute == nullptr ? otherwise : attribute->i();
}

Result<double> Attributes::Number(std::string_view name, double otherwise) const {
  GOLDCREST_TRY(const AttributeProto* attribute, Get(name, AttributeProto::FLOAT));
  return attribute == nullptr ? otherwise : static_cast<double>(attribute->f());
}

Result<std::string> Attributes::Text(std::string_view name, std::string_view otherwise) const {
  GOLDCREST_TRY(const AttributeProto* attribute, Get(name, AttributeProto::STRING));
  return attribute == nullptr ? std::string(otherwise) : attribute->s();
}

Result<std::vector<int64_t>> Attributes::Integers(std::string_view name,
                                                  std::vector<int64_t> otherwise) const {
  GOLDCREST_TRY(const AttributeProto* attribute, Get(name, AttributeProto::INTS));
  if (attribute == nullptr) return otherwise;
  constexpr int kMost = 64;
  if (attribute->ints_size() > kMost) {
    return Invalid("the attribute '", name, "' has ", attribute->ints_size(), " numbers");
  }
  return std::vector<int64_t>(attribute->ints().begin(), attribute->ints().end());
}

Status Attributes::Expect(std::string_view name, int64_t only) const {
  GOLDCREST_TRY(const int64_t said, Integer(name, only));
  if (said == only) return {};
  return Fail(ErrorCode::kUnsupported, "the attribute '", name, "' is ", said, "; ", only,
              " is read");
}

}  // namespace goldcrest::formats::onnx
