#include "base/cache_folder.h"

#include <cstdlib>

#include "base/strings.h"

namespace goldcrest::base {

std::string CacheFolder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache != 0) return Cat(cache, "/goldcrest");
  const char* home = std::getenv("HOME");
  return home != nullptr && *home != 0 ? Cat(home, "/.cache/goldcrest") : "";
}

}  // namespace goldcrest::base
