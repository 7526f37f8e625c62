// Bytes as a file that no disk holds, for readers that take a file.
#pragma once

#include <memory>
#include <string_view>

#include "base/file.h"

namespace goldcrest::testing {

// Mapped as from a disk; under the address sanitizer what lies behind its end may not be read.
std::shared_ptr<const base::MappedFile> MapBytes(std::string_view bytes);

}  // namespace goldcrest::testing
