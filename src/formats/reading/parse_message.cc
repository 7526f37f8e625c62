#include "formats/reading/parse_message.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include <limits>

namespace goldcrest::formats::reading {

Status ParseMessage(std::span<const std::byte> bytes, std::string_view what,
                    google::protobuf::MessageLite& message) {
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return Fail(ErrorCode::kLimit, what, " has ", bytes.size(),
                " bytes; protobuf messages end at 2 GB");
  }
  const google::protobuf::LogSilencer silencer;
  const auto size = static_cast<int>(bytes.size());
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                size);
  stream.SetTotalBytesLimit(size);
  stream.SetRecursionLimit(kDeepestMessage);
  if (message.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage()) return {};
  return Invalid(what, " is damaged or cut off; get the file anew");
}

}  // namespace goldcrest::formats::reading
