#include "augment/color.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "image/gray.h"

namespace goldcrest::augment {
namespace {

uint8_t ToByte(float x) { return static_cast<uint8_t>(std::clamp(x, 0.0F, 255.0F) + 0.5F); }

float Larger(float a, float b) { return a > b ? a : b; }

// How much of the largest byte a channel has that lies so many sixths of the circle, from -1 to 15,
// from the hue: 1 next to it, 0 opposite to it.
float ShareOf(float distance) {
  distance -= distance >= 6 ? 6.0F : 0.0F;
  distance -= distance >= 6 ? 6.0F : 0.0F;
  distance += distance < 0 ? 6.0F : 0.0F;
  const float share = std::abs(distance - 3) - 1;
  return Larger(0, -Larger(-1, -share));
}

// Pixels that are worked on at a time, channel by channel, so that vectors can hold them.
constexpr size_t kBlock = 128;
struct Block {
  std::array<float, kBlock> r = {}, g = {}, b = {};
};

template <class Change>
void ForBlocks(image::Picture& picture, const Change& change) {
  Block block;
  const size_t pixels = picture.rgb.size() / 3;
  for (size_t first = 0; first < pixels; first += kBlock) {
    const size_t count = std::min(kBlock, pixels - first);
    uint8_t* rgb = picture.rgb.data() + first * 3;
    for (size_t i = 0; i < count; ++i) {
      block.r[i] = rgb[i * 3];
      block.g[i] = rgb[i * 3 + 1];
      block.b[i] = rgb[i * 3 + 2];
    }
    change(block);
    for (auto* channel : {&block.r, &block.g, &block.b}) {
      for (float& x : *channel) x = Larger(0, -Larger(-255, -x)) + 0.5F;
    }
    for (size_t i = 0; i < count; ++i) {
      rgb[i * 3] = static_cast<uint8_t>(block.r[i]);
      rgb[i * 3 + 1] = static_cast<uint8_t>(block.g[i]);
      rgb[i * 3 + 2] = static_cast<uint8_t>(block.b[i]);
    }
  }
}

// Each byte by gray + (x − gray) · factor.
void MoveFrom(float gray, double factor, image::Picture& picture) {
  std::array<uint8_t, 256> table;
  for (size_t x = 0; x < table.size(); ++x) {
    table[x] = ToByte(gray + (static_cast<float>(x) - gray) * static_cast<float>(factor));
  }
  for (uint8_t& x : picture.rgb) x = table[x];
}

}  // namespace

void ChangeBrightness(double factor, image::Picture& picture) { MoveFrom(0, factor, picture); }

void ChangeContrast(double factor, image::Picture& picture) {
  uint64_t sum = 0;
  for (size_t i = 0; i < picture.rgb.size(); i += 3) sum += image::Gray(picture.rgb.data() + i);
  const uint64_t pixels = picture.rgb.size() / 3;
  if (pixels > 0) MoveFrom(static_cast<float>((2 * sum + pixels) / (2 * pixels)), factor, picture);
}

void ChangeSaturation(double factor, image::Picture& picture) {
  const auto f = static_cast<float>(factor);
  ForBlocks(picture, [f](Block& block) {
    for (size_t i = 0; i < kBlock; ++i) {
      // image::Gray; the sum is below 2^24 and exact.
      const float sum = block.r[i] * 19595 + block.g[i] * 38470 + block.b[i] * 7471 + 0x8000;
      const auto gray = static_cast<float>(static_cast<int32_t>(sum * 0x1p-16F));
      block.r[i] = gray + (block.r[i] - gray) * f;
      block.g[i] = gray + (block.g[i] - gray) * f;
      block.b[i] = gray + (block.b[i] - gray) * f;
    }
  });
}

void ChangeHue(double turn, image::Picture& picture) {
  // Counted in sixths of the circle from red, green being at 2 and blue at 4: a channel is the
  // pixel's largest byte within a sixth of its own hue, the smallest beyond two, else between.
  const auto sixths = static_cast<float>((turn - std::floor(turn)) * 6);
  ForBlocks(picture, [sixths](Block& block) {
    for (size_t i = 0; i < kBlock; ++i) {
      const float r = block.r[i];
      const float g = block.g[i];
      const float b = block.b[i];
      const float most = Larger(Larger(r, g), b);
      const float least = -Larger(Larger(-r, -g), -b);
      const float range = most - least;
      const float scale = 1 / Larger(range, 1);
      const float of_blue = 4 + (r - g) * scale;
      const float of_green = 2 + (b - r) * scale;
      const float of_red = (g - b) * scale;
      const float others = most == g ? of_green : of_blue;
      const float hue = (most == r ? of_red : others) + sixths;
      block.r[i] = least + range * ShareOf(hue);
      block.g[i] = least + range * ShareOf(hue + 4);
      block.b[i] = least + range * ShareOf(hue + 2);
    }
  });
}

}  // namespace goldcrest::augment
