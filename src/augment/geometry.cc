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

// Coordinates are fixed-point numbers of 32 binary places; of these, weights have the first 11, so
// that a byte times two of them fits into 32 bits.
constexpr int kPlaces = 32;
constexpr int kWeightBits = 11;
constexpr int32_t kOne = 1 << kWeightBits;

int64_t ToFixed(double x) { return std::llround(std::ldexp(x, kPlaces)); }

int32_t WeightOf(int64_t x) {
  return static_cast<int32_t>(x >> (kPlaces - kWeightBits)) & (kOne - 1);
}

// The four pixels around (x, y), which is 0 in the middle of the first pixel.
void Sample(const image::Picture& in, int64_t x, int64_t y, uint8_t* out) {
  int64_t left = x >> kPlaces;
  int64_t top = y >> kPlaces;
  int64_t right = left + 1;
  int64_t bottom = top + 1;
  if (left < 0 || top < 0 || right >= in.width || bottom >= in.height) {
    left = Reflected(left, in.width);
    right = Reflected(right, in.width);
    top = Reflected(top, in.height);
    bottom = Reflected(bottom, in.height);
  }
  const uint8_t* upper = in.rgb.data() + top * in.width * 3;
  const uint8_t* lower = in.rgb.data() + bottom * in.width * 3;
  const int32_t dx = WeightOf(x);
  const int32_t dy = WeightOf(y);
  for (int c = 0; c < 3; ++c) {
    const int32_t above = upper[left * 3 + c] * (kOne - dx) + upper[right * 3 + c] * dx;
    const int32_t below = lower[left * 3 + c] * (kOne - dx) + lower[right * 3 + c] * dx;
    constexpr int32_t kHalf = kOne * kOne / 2;
    out[c] = static_cast<uint8_t>((above * (kOne - dy) + below * dy + kHalf) >> 2 * kWeightBits);
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
  // From the picture's middle to that of its first pixel.
  const double left = (1 - static_cast<double>(in.width)) / 2;
  const double top = (1 - static_cast<double>(in.height)) / 2;
  const int64_t x_step = ToFixed(cosine);
  const int64_t y_step = ToFixed(sine);
  uint8_t* to = out.rgb.data();
  for (int64_t row = 0; row < in.height; ++row) {
    const double down = top + static_cast<double>(row);
    int64_t x = ToFixed(cosine * left - sine * down - left);
    int64_t y = ToFixed(sine * left + cosine * down - top);
    for (int64_t column = 0; column < in.width; ++column, to += 3) {
      Sample(in, x, y, to);
      x += x_step;
      y += y_step;
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
