#include "image/resize.h"

#include <algorithm>
#include <cmath>

namespace goldcrest::image {
namespace {

struct Tap {
  int64_t low;
  int64_t high;
  float weight;  // of `high`
};

std::vector<Tap> Taps(int64_t in, int64_t out) {
  std::vector<Tap> taps(static_cast<size_t>(out));
  const float scale = static_cast<float>(in) / static_cast<float>(out);
  for (int64_t i = 0; i < out; ++i) {
    const float center = (static_cast<float>(i) + 0.5F) * scale - 0.5F;
    const float floor = std::floor(center);
    const auto low = static_cast<int64_t>(floor);
    taps[static_cast<size_t>(i)] = {std::clamp<int64_t>(low, 0, in - 1),
                                    std::clamp<int64_t>(low + 1, 0, in - 1), center - floor};
  }
  return taps;
}

float Blend(float a, float b, float weight) { return a + (b - a) * weight; }

}  // namespace

Region CropRegion(const tensor::InputContract& contract, int64_t width, int64_t height) {
  if (contract.crop == tensor::CropKind::kNone) return {0, 0, width, height};
  int64_t shorter = std::min(width, height);
  auto side =
      static_cast<int64_t>(std::floor(contract.crop_fraction * static_cast<double>(shorter)));
  side = std::max<int64_t>(side, 1);
  return {(width - side) / 2, (height - side) / 2, side, side};
}

void ResizeBilinear(const Picture& picture, const Region& region, int64_t width, int64_t height,
                    std::vector<float>& out) {
  const std::vector<Tap> columns = Taps(region.width, width);
  const std::vector<Tap> rows = Taps(region.height, height);
  auto row_at = [&](int64_t y) {
    return picture.rgb.data() + ((region.top + y) * picture.width + region.left) * 3;
  };
  out.resize(static_cast<size_t>(width * height * 3));
  float* pixel = out.data();
  for (const Tap& row : rows) {
    const uint8_t* top = row_at(row.low);
    const uint8_t* bottom = row_at(row.high);
    for (const Tap& column : columns) {
      for (int64_t c = 0; c < 3; ++c) {
        const int64_t low = column.low * 3 + c;
        const int64_t high = column.high * 3 + c;
        const float above = Blend(top[low], top[high], column.weight);
        const float below = Blend(bottom[low], bottom[high], column.weight);
        *pixel++ = Blend(above, below, row.weight);
      }
    }
  }
}

}  // namespace goldcrest::image
