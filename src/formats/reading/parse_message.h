// Protobuf messages out of bytes that a stranger sent.
#pragma once

#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"

namespace goldcrest::formats::reading {

// A tensor's dimension within a function of a SavedModel is 11 messages deep.
inline constexpr int kDeepestMessage = 32;

// All of the bytes as one message; `what` names it in errors.
Status ParseMessage(std::span<const std::byte> bytes, std::string_view what,
                    google::protobuf::MessageLite& message);

}  // namespace goldcrest::formats::reading
