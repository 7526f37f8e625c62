// Crop and resize, with the exact semantics of the frameworks that models were trained in.
#pragma once

#include <cstdint>
#include <vector>

#include "image/picture.h"
#include "tensor/input_contract.h"

namespace goldcrest::image {

// A part of a picture, in pixels.
struct Region {
  int64_t left = 0, top = 0, width = 0, height = 0;
};

// What the contract's crop leaves of a picture.
Region CropRegion(const tensor::InputContract& contract, int64_t width, int64_t height);

// TensorFlow 2's bilinear resize without antialiasing: output i reads c = (i + 0.5) · (in / out) −
// 0.5 in float32, taps floor(c) and floor(c) + 1 clamped to the region; columns first, then rows;
// a + (b − a) · weight. `out` gets height · width · 3 numbers in 0..255 and is reused.
void ResizeBilinear(const Picture& picture, const Region& region, int64_t width, int64_t height,
                    std::vector<float>& out);

}  // namespace goldcrest::image
