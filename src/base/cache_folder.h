// Where the program keeps what it need not compute or fetch again.
#pragma once

#include <string>

namespace goldcrest::base {

// $XDG_CACHE_HOME/goldcrest, else ~/.cache/goldcrest; empty where neither can be told. It need not
// exist.
std::string CacheFolder();

}  // namespace goldcrest::base
