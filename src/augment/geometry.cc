#include "augment/geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace goldcrest::augment {
namespace {

constexpr int kTries = 10;  // of a region that fits
constexpr double kMostStretch = 4.0 / 3;

// Beyond an edge the picture goes on as in a mirror: … 1 0 | 0 1 2 … n−1 | n−1 n−2 …
int64_t Reflected(int64_t i, int64_t n) {
  if (i >= 0 && i < n) return i;
  i %= 2 * n;
  if (i < 0) i += 2 * n;
  return i < n ? i : 2 * n - 1 - i;
}

const uint8_t* PixelOf(const image::Picture& picture, int64_t x, int64_t y) {
  return picture.rgb.data() +
         (Reflected(y, picture.height) * picture.width + Reflected(x, picture.width)) * 3;
}

// The pixel whose middle lies at (x, y) + 0.5.
void Sample(const image::Picture& in, double x, double y, uint8_t* out) {
  const auto left = static_cast<int64_t>(std::floor(x));
  const auto top = static_cast<int64_t>(std::floor(y));
  const auto dx = static_cast<float>(x - static_cast<double>(left));
  const auto dy = static_cast<float>(y - static_cast<double>(top));
  const uint8_t* a = PixelOf(in, left, top);
  const uint8_t* b = PixelOf(in, left + 1, top);
  const uint8_t* c = PixelOf(in, left, top + 1);
  const uint8_t* d = PixelOf(in, left + 1, top + 1);
  for (int i = 0; i < 3; ++i) {
    const float upper = static_cast<float>(a[i]) + static_cast<float>(b[i] - a[i]) * dx;
    const float lower = static_cast<float>(c[i]) + static_cast<float>(d[i] - c[i]) * dx;
    out[i] = static_cast<uint8_t>(upper + (lower - upper) * dy + 0.5F);
  }
}

}  // namespace

void Flip(image::Picture& picture) {
  for (int64_t y = 0; y < picture.height; ++y) {
    uint8_t* left = picture.rgb.data() + y * picture.width * 3;
    uint8_t* right = left + (picture.width - 1) * 3;
    for (; left < right; left += 3, right -= 3) std::swap_ranges(left, left + 3, right);
  }
}

image::Region DrawRegion(double least_share, int64_t width, int64_t height, Draws& draws) {
  const double most = std::log(kMostStretch);
  for (int i = 0; i < kTries && least_share < 1; ++i) {
    const double side = std::sqrt(draws.Between(least_share, 1));
    const double stretch = std::sqrt(std::exp(draws.Between(-most, most)));
    const int64_t w = std::lround(static_cast<double>(width) * side * stretch);
    const int64_t h = std::lround(static_cast<double>(height) * side / stretch);
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return {draws.Below(width - w + 1), draws.Below(height - h + 1), w, h};
  }
  return {0, 0, width, height};
}

void Rotate(const image::Picture& in, double degrees, image::Picture& out) {
  out.width = in.width;
  out.height = in.height;
  out.rgb.resize(in.rgb.size());
  const double angle = degrees * std::numbers::pi / 180;
  const double sine = std::sin(angle);
  const double cosine = std::cos(angle);
  const double middle_x = static_cast<double>(in.width) / 2;
  const double middle_y = static_cast<double>(in.height) / 2;
  uint8_t* to = out.rgb.data();
  for (int64_t y = 0; y < in.height; ++y) {
    const double from_middle = static_cast<double>(y) + 0.5 - middle_y;
    for (int64_t x = 0; x < in.width; ++x, to += 3) {
      const double along = static_cast<double>(x) + 0.5 - middle_x;
      Sample(in, middle_x + cosine * along - sine * from_middle - 0.5,
             middle_y + sine * along + cosine * from_middle - 0.5, to);
    }
  }
}

void CutOut(int64_t x, int64_t y, int64_t side, image::Picture& picture) {
  const int64_t left = std::clamp<int64_t>(x - side / 2, 0, picture.width);
  const int64_t right = std::clamp<int64_t>(x - side / 2 + side, 0, picture.width);
  const int64_t bottom = std::min(y - side / 2 + side, picture.height);
  for (int64_t row = std::max<int64_t>(y - side / 2, 0); row < bottom; ++row) {
    std::fill_n(picture.rgb.data() + (row * picture.width + left) * 3, (right - left) * 3,
                kCutoutGray);
  }
}

}  // namespace goldcrest::augment
