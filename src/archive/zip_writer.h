// Zip archives, through libzip.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace goldcrest::archive {

using ZipEntries = std::vector<std::pair<std::string, std::vector<std::byte>>>;  // by name

// The archive of these entries, in their order, stored without compression. The same entries give
// the same bytes: they carry no time.
Result<std::vector<std::byte>> WriteZip(const ZipEntries& entries);

}  // namespace goldcrest::archive
