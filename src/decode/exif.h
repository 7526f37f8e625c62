// The orientation out of a JPEG's APP1 segment.
#pragma once

#include <cstddef>
#include <span>

namespace goldcrest::decode {

// EXIF tag 0x0112 of an APP1 segment's contents, 1 where it says none. Never fails: EXIF from
// strangers is often damaged, and an upright picture is then the best guess.
int ExifOrientation(std::span<const std::byte> app1);

}  // namespace goldcrest::decode
