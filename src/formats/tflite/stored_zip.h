// The zip archive at the end of a .tflite file that holds its associated files. Only stored entries
// (PKWARE's APPNOTE, method 0): small enough to keep zip libraries out of the deployment library.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace goldcrest::formats::tflite {

// Appends an archive with one entry, offsets counted from the start of `file`, without a time.
void AppendStoredZip(std::vector<std::byte>& file, std::string_view name,
                     std::span<const std::byte> contents);

// The contents of the entry `name` of the archive that ends `file`; a window of `file`.
Result<std::span<const std::byte>> FindStoredEntry(std::span<const std::byte> file,
                                                   std::string_view name);

}  // namespace goldcrest::formats::tflite
