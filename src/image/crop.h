// What the input contract uses of a picture.
#pragma once

#include <cstdint>

#include "tensor/input_contract.h"

namespace goldcrest::image {

// A part of a picture, in pixels; never empty.
struct Region {
  int64_t left = 0, top = 0, width = 0, height = 0;
};

// What the contract's crop (see tensor::CropKind) leaves of an upright picture of at least one
// pixel.
Region CropRegion(const tensor::InputContract& contract, int64_t width, int64_t height);

}  // namespace goldcrest::image
