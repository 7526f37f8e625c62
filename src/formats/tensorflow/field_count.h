// How many fields a graph's message has, counted without making anything of them: each takes a
// stranger two bytes, and protobuf a hundred.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace goldcrest::formats::tensorflow {

enum class MessageKind { kSavedModel, kMetaGraph, kGraph, kLibrary, kFunction, kNode };

// An error where nodes, functions and what they consist of are more than any model has. Bytes that
// are no message are left to the parser.
Status ExpectFewFields(MessageKind kind, std::span<const std::byte> message);

}  // namespace goldcrest::formats::tensorflow
