// Files of pictures → pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/picture.h"
#include "tensor/input_contract.h"

namespace goldcrest::decode {

struct Options {
  tensor::DctMode dct = tensor::DctMode::kAccurate;
  bool exif_orientation = true;     // turn the picture upright
  int64_t most_pixels = 178956970;  // refused before memory is taken; Pillow's own limit
};

// The content decides the format, not the name. `picture` is reused from call to call. A file that
// is cut short or damaged is an error, never a picture with a grey rest.
Status Decode(std::span<const std::byte> file, const Options& options, image::Picture& picture);

// For the decoders: an error where a picture of this size is more than the options allow.
Status CheckSize(int64_t width, int64_t height, const Options& options);

}  // namespace goldcrest::decode
