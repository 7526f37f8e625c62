// A node's attributes. One that is left out has the default of its operator, as files of
// SavedModels leave out all that have theirs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph_def.pb.h"

namespace goldcrest::formats::tensorflow {

class Attributes {
 public:
  explicit Attributes(const proto::NodeDef& node) : node_(&node) {}

  // Errors where the attribute is of another kind.
  Result<int64_t> Integer(std::string_view name, int64_t otherwise) const;
  Result<double> Number(std::string_view name, double otherwise) const;
  Result<bool> Flag(std::string_view name, bool otherwise) const;
  Result<std::string> Text(std::string_view name, std::string_view otherwise) const;
  Result<int32_t> Type(std::string_view name, int32_t otherwise) const;
  Result<std::vector<int64_t>> Integers(std::string_view name,
                                        std::vector<int64_t> otherwise) const;
  // Null where it is left out, or of another kind.
  const proto::AttrValue* Find(std::string_view name) const;

  // Refuses pictures with their channels in front.
  Status ExpectChannelsLast() const;

 private:
  Result<const proto::AttrValue*> Get(std::string_view name,
                                      proto::AttrValue::ValueCase kind) const;

  const proto::NodeDef* node_;
};

}  // namespace goldcrest::formats::tensorflow
