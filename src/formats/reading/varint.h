// Numbers of 7 bits a byte, the lowest first, as protobuf and LevelDB write them.
#pragma once

#include "base/byte_reader.h"

namespace goldcrest::formats::reading {

// Clears `ok` where the bytes end before the number does, or where it has more than 64 bits.
inline uint64_t ReadVarint(base::ByteReader& reader, bool& ok) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = reader.Read<uint8_t>();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) {
      ok = ok && reader.ok();
      return value;
    }
  }
  ok = false;
  return 0;
}

}  // namespace goldcrest::formats::reading
