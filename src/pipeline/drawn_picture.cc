#include "pipeline/drawn_picture.h"

#include <algorithm>

namespace goldcrest::pipeline {
namespace {

constexpr int kSide = 256;

struct Color {
  int red, green, blue;
};

bool InEllipse(int x, int y, int center_x, int center_y, int half_width, int half_height) {
  int64_t dx = x - center_x;
  int64_t dy = y - center_y;
  int64_t w2 = int64_t{half_width} * half_width;
  int64_t h2 = int64_t{half_height} * half_height;
  return dx * dx * h2 + dy * dy * w2 <= w2 * h2;
}

Color ColorAt(int x, int y) {
  if (InEllipse(x, y, 152, 98, 3, 3)) return {10, 10, 10};       // the eye
  if (InEllipse(x, y, 150, 84, 18, 6)) return {240, 180, 20};    // the crest
  if (InEllipse(x, y, 148, 98, 24, 20)) return {150, 160, 80};   // the head
  if (InEllipse(x, y, 104, 132, 40, 18)) return {70, 80, 50};    // the wing
  if (InEllipse(x, y, 118, 130, 52, 34)) return {140, 150, 90};  // the body
  if (InEllipse(x, y, 60, 280, 240, 100)) return {60, 110 - x / 8, 40};
  return {120 + y / 4, 170 + y / 6, 235 - x / 16};
}

}  // namespace

image::Picture DrawPicture() {
  image::Picture picture{kSide, kSide, {}};
  uint32_t grain = 1;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      Color color = ColorAt(x, y);
      for (int channel : {color.red, color.green, color.blue}) {
        grain = grain * 1664525 + 1013904223;
        int value = channel + static_cast<int>(grain >> 28) - 8;
        picture.rgb.push_back(static_cast<uint8_t>(std::clamp(value, 0, 255)));
      }
    }
  }
  return picture;
}

}  // namespace goldcrest::pipeline
