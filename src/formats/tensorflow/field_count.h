// How many fields a graph's message has (see formats/reading/field_count.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace goldcrest::formats::tensorflow {

enum MessageKind : uint8_t { kSavedModel, kMetaGraph, kGraph, kLibrary, kFunction, kNode };

// An error where nodes, functions and what they consist of are more than any model has. Bytes that
// are no message are left to the parser.
Status ExpectFewFields(MessageKind kind, std::span<const std::byte> message);

}  // namespace goldcrest::formats::tensorflow
