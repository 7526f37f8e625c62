// What models find in pictures, drawn over them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "image/crop.h"
#include "image/picture.h"

namespace goldcrest::drawing {

struct Rgb {
  uint8_t red, green, blue;
};

// A colour for each class, those of neighbours far apart; that of class 0 is black: the colours in
// which the PASCAL VOC challenge writes its masks.
Rgb ClassColor(int64_t index);

// In pixels; may lie outside of the picture.
struct Frame {
  double left, top, right, bottom;
};

// A frame with a line of text at its upper edge.
void DrawBox(image::Picture& picture, const Frame& frame, std::string_view text, Rgb color);

// Mixes colours into a part of the picture: each pixel with the colour of the class that it has in
// a mask of mask_width x mask_height, the nearest of it. `opacity` is the colours' share.
struct Mask {
  std::span<const int32_t> classes;
  int64_t width, height;
};
void DrawMask(image::Picture& picture, const image::Region& place, const Mask& mask,
              double opacity);

}  // namespace goldcrest::drawing
