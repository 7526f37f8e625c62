#include "drawing/contact_sheet.h"

#include <algorithm>
#include <cmath>

#include "drawing/letters.h"

namespace goldcrest::drawing {
namespace {

constexpr Color kGround = {0.09, 0.1, 0.12};
constexpr Color kInk = {0.92, 0.93, 0.95};
constexpr Color kMuted = {0.62, 0.66, 0.7};
constexpr Color kRight = {0.25, 0.68, 0.42};
constexpr Color kWrong = {0.86, 0.24, 0.26};

constexpr int64_t kFrame = 4;
constexpr int64_t kGap = 14;
constexpr int64_t kLine = 18;  // from line to line of text
constexpr double kLetterHeight = 11;

void Put(image::Picture& sheet, int64_t x, int64_t y, const Color& color) {
  uint8_t* pixel = &sheet.rgb[static_cast<size_t>((y * sheet.width + x) * 3)];
  for (double value : {color.red, color.green, color.blue}) {
    *pixel++ = static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 1.0) * 255));
  }
}

// A line of text within a width, its middle at the given place; what is too long is narrower.
void PutText(image::Picture& sheet, const std::string& text, int64_t left, int64_t top,
             int64_t width, const Color& color) {
  Lettering lettering = {.center = {static_cast<double>(width) / 2, kLine / 2.0},
                         .height = kLetterHeight,
                         .width = 1.7,
                         .stretch = 0.8,
                         .color = color};
  const double needed = WidthOf(text, lettering);
  lettering.stretch *= std::min(1.0, static_cast<double>(width) / needed);
  Drawing drawing;
  AddText(drawing, text, lettering);
  for (int64_t y = 0; y < kLine; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const Paint paint =
          PaintAt(drawing, {static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5}, 1);
      if (paint.cover > 0) Put(sheet, left + x, top + y, Mix(kGround, color, paint.cover));
    }
  }
}

}  // namespace

image::Picture DrawContactSheet(std::span<const SheetCell> cells, int64_t columns) {
  const int64_t width = cells.front().picture.width;
  const int64_t height = cells.front().picture.height;
  const int64_t rows = (std::ssize(cells) + columns - 1) / columns;
  const int64_t column_step = width + 2 * kFrame + kGap;
  const int64_t row_step = height + 2 * kFrame + kGap + 2 * kLine;
  image::Picture sheet{columns * column_step + kGap, rows * row_step + kGap, {}};
  sheet.rgb.resize(static_cast<size_t>(sheet.width * sheet.height * 3));
  for (int64_t y = 0; y < sheet.height; ++y) {
    for (int64_t x = 0; x < sheet.width; ++x) Put(sheet, x, y, kGround);
  }
  for (int64_t i = 0; i < std::ssize(cells); ++i) {
    const SheetCell& cell = cells[static_cast<size_t>(i)];
    const int64_t left = kGap + i % columns * column_step;
    const int64_t top = kGap + i / columns * row_step;
    for (int64_t y = 0; y < height + 2 * kFrame; ++y) {
      for (int64_t x = 0; x < width + 2 * kFrame; ++x) {
        Put(sheet, left + x, top + y, cell.right ? kRight : kWrong);
      }
    }
    for (int64_t y = 0; y < height; ++y) {
      std::copy_n(cell.picture.rgb.begin() + y * width * 3, width * 3,
                  sheet.rgb.begin() + ((top + kFrame + y) * sheet.width + left + kFrame) * 3);
    }
    const int64_t below = top + height + 2 * kFrame + 2;
    PutText(sheet, cell.title, left, below, width + 2 * kFrame, kInk);
    PutText(sheet, cell.subtitle, left, below + kLine, width + 2 * kFrame,
            cell.right ? kMuted : kWrong);
  }
  return sheet;
}

}  // namespace goldcrest::drawing
