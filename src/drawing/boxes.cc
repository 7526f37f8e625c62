#include "drawing/boxes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "drawing/letters.h"

namespace goldcrest::drawing {
namespace {

void Blend(image::Picture& picture, int64_t x, int64_t y, Rgb color, double share) {
  uint8_t* pixel = &picture.rgb[static_cast<size_t>((y * picture.width + x) * 3)];
  for (const uint8_t channel : {color.red, color.green, color.blue}) {
    *pixel = static_cast<uint8_t>(std::lround(*pixel + (channel - *pixel) * share));
    ++pixel;
  }
}

// A part of the picture in one colour.
void Fill(image::Picture& picture, int64_t left, int64_t top, int64_t right, int64_t bottom,
          Rgb color) {
  for (int64_t y = std::max<int64_t>(top, 0); y < std::min(bottom, picture.height); ++y) {
    for (int64_t x = std::max<int64_t>(left, 0); x < std::min(right, picture.width); ++x) {
      Blend(picture, x, y, color, 1);
    }
  }
}

// Black on light colours, white on dark ones.
Rgb InkOn(Rgb color) {
  const int brightness = 299 * color.red + 587 * color.green + 114 * color.blue;
  return brightness > 128000 ? Rgb{0, 0, 0} : Rgb{255, 255, 255};
}

}  // namespace

Rgb ClassColor(int64_t index) {
  std::array<int, 3> color{};
  auto bits = static_cast<uint64_t>(std::max<int64_t>(index, 0));
  for (int shift = 7; shift >= 0; --shift, bits >>= 3) {
    for (size_t channel = 0; channel < 3; ++channel) {
      color[channel] |= static_cast<int>((bits >> channel) & 1) << shift;
    }
  }
  return {static_cast<uint8_t>(color[0]), static_cast<uint8_t>(color[1]),
          static_cast<uint8_t>(color[2])};
}

void DrawBox(image::Picture& picture, const Frame& frame, std::string_view text, Rgb color) {
  auto pixel = [](double place, int64_t size) {
    const auto end = static_cast<double>(size);
    return static_cast<int64_t>(std::lround(std::isnan(place) ? 0 : std::clamp(place, 0.0, end)));
  };
  const int64_t left = pixel(frame.left, picture.width);
  const int64_t right = pixel(frame.right, picture.width);
  const int64_t top = pixel(frame.top, picture.height);
  const int64_t bottom = pixel(frame.bottom, picture.height);
  const int64_t line = std::max<int64_t>(std::min(picture.width, picture.height) / 200, 2);
  Fill(picture, left, top, right, top + line, color);
  Fill(picture, left, bottom - line, right, bottom, color);
  Fill(picture, left, top, left + line, bottom, color);
  Fill(picture, right - line, top, right, bottom, color);

  const int64_t letters = std::max<int64_t>(std::min(picture.width, picture.height) / 40, 9);
  const int64_t height = letters * 3 / 2;
  Lettering lettering{.height = static_cast<double>(letters),
                      .width = static_cast<double>(letters) * 0.15,
                      .stretch = 0.8,
                      .color = {1, 1, 1}};
  const auto width = static_cast<int64_t>(WidthOf(text, lettering)) + letters;
  lettering.center = {static_cast<double>(width) / 2, static_cast<double>(height) / 2};
  Drawing drawing;
  AddText(drawing, text, lettering);
  // Above the frame where there is room.
  const int64_t y0 = top >= height ? top - height : top;
  Fill(picture, left, y0, left + width, y0 + height, color);
  for (int64_t y = 0; y < std::min(height, picture.height - y0); ++y) {
    for (int64_t x = 0; x < std::min(width, picture.width - left); ++x) {
      const Paint paint =
          PaintAt(drawing, {static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5}, 1);
      if (paint.cover > 0) Blend(picture, left + x, y0 + y, InkOn(color), paint.cover);
    }
  }
}

void DrawMask(image::Picture& picture, const image::Region& place, const Mask& mask,
              double opacity) {
  for (int64_t y = 0; y < place.height; ++y) {
    const int64_t row = y * mask.height / place.height * mask.width;
    for (int64_t x = 0; x < place.width; ++x) {
      const int64_t at = row + x * mask.width / place.width;
      Blend(picture, place.left + x, place.top + y,
            ClassColor(mask.classes[static_cast<size_t>(at)]), opacity);
    }
  }
}

}  // namespace goldcrest::drawing
