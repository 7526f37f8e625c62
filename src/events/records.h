// TFRecord framing: how TensorFlow puts messages one behind the other into a file.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace goldcrest::events {

// Appends a record: the length (8 bytes), its checksum, the bytes, their checksum, all little
// endian. A checksum is base::MaskedCrc32c.
void AppendRecord(std::string& file, std::span<const std::byte> bytes);

}  // namespace goldcrest::events
