// A node's attributes. One that is left out has the default of its operator.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "onnx.pb.h"

namespace goldcrest::formats::onnx {

class Attributes {
 public:
  explicit Attributes(const proto::NodeProto& node) : node_(&node) {}

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  // Errors where the attribute is of another kind.
  Result<int64_t> Integer(std::string_view name, int64_t otherwise) const;
  Result<double> Number(std::string_view name, double otherwise) const;
  Result<std::string> Text(std::string_view name, std::string_view otherwise) const;
  Result<std::vector<int64_t>> Integers(std::string_view name,
                                        std::vector<int64_t> otherwise) const;
  // Null where it is left out.
  const proto::AttributeProto* Find(std::string_view name) const;

  // An error where the attribute has another value than `only`, its default.
  Status Expect(std::string_view name, int64_t only) const;

 private:
  // Null where it is left out.
  Result<const proto::AttributeProto*> Get(std::string_view name,
                                           proto::AttributeProto::AttributeType kind) const;

  const proto::NodeProto* node_;
};

}  // namespace goldcrest::formats::onnx
