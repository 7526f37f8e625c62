#include "data/content_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace goldcrest::data {

ContentHash HashOf(std::span<const std::byte> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

}  // namespace goldcrest::data
