// How many fields a message has, counted without making anything of them: each takes a stranger
// two bytes, and protobuf a hundred.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace goldcrest::formats::reading {

// A field, by its number in the .proto file, whose content is a message whose fields count too.
// Kinds of messages are numbered by the format.
struct NestedField {
  int kind;
  uint64_t field;
  int content;
};

// An error where a message of that kind, with what is nested in it, has more fields than any model.
// Bytes that are no message, and messages deeper than any is, are left to the parser.
Status ExpectFewFields(std::span<const NestedField> nested, int kind,
                       std::span<const std::byte> message);

}  // namespace goldcrest::formats::reading
