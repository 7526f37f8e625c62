#include "augment/color.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "image/gray.h"

namespace goldcrest::augment {
namespace {

uint8_t ToByte(float x) { return static_cast<uint8_t>(std::clamp(x, 0.0F, 255.0F) + 0.5F); }

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
  for (size_t i = 0; i < picture.rgb.size(); i += 3) {
    uint8_t* rgb = picture.rgb.data() + i;
    const auto gray = static_cast<float>(image::Gray(rgb));
    for (int c = 0; c < 3; ++c) rgb[c] = ToByte(gray + (static_cast<float>(rgb[c]) - gray) * f);
  }
}

void ChangeHue(double turn, image::Picture& picture) {
  // The largest and the smallest of a pixel's bytes stay, and only change places; the one between
  // moves. The hue counts sixths of the circle, red being 0.
  const auto sixths = static_cast<float>((turn - std::floor(turn)) * 6);
  for (size_t i = 0; i < picture.rgb.size(); i += 3) {
    uint8_t* rgb = picture.rgb.data() + i;
    const uint8_t most = std::max({rgb[0], rgb[1], rgb[2]});
    const uint8_t least = std::min({rgb[0], rgb[1], rgb[2]});
    const auto range = static_cast<float>(most - least);
    if (most == least) continue;
    auto part = [&](int a, int b) { return static_cast<float>(rgb[a] - rgb[b]) / range; };
    float hue = most == rgb[0] ? part(1, 2) : most == rgb[1] ? 2 + part(2, 0) : 4 + part(0, 1);
    hue += sixths;
    if (hue < 0) hue += 6;
    if (hue >= 6) hue -= 6;
    const int sector = std::min(static_cast<int>(hue), 5);
    const float beyond = hue - static_cast<float>(sector);
    const float share = sector % 2 == 0 ? beyond : 1 - beyond;
    const uint8_t between = ToByte(static_cast<float>(least) + range * share);
    const std::array<std::array<uint8_t, 3>, 6> by_sector = {{{most, between, least},
                                                              {between, most, least},
                                                              {least, most, between},
                                                              {least, between, most},
                                                              {between, least, most},
                                                              {most, least, between}}};
    std::ranges::copy(by_sector[static_cast<size_t>(sector)], rgb);
  }
}

}  // namespace goldcrest::augment
