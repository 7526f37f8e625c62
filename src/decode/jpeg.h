// JPEG through libjpeg-turbo.
#pragma once

#include "decode/decode.h"

namespace goldcrest::decode {

bool SniffJpeg(std::span<const std::byte> file);

// The picture as stored, `orientation` what its EXIF says.
Status DecodeJpeg(std::span<const std::byte> file, const Options& options, image::Picture& picture,
                  int& orientation);

}  // namespace goldcrest::decode
