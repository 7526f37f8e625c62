#include "augment/augmenter.h"

#include <algorithm>
#include <cmath>

#include "augment/color.h"
#include "augment/geometry.h"

namespace goldcrest::augment {
namespace {

constexpr double kHueOfJitter = 0.25;

// Jöhnk's way to the beta distribution of two equal shapes, which are at most 1: half of the draws
// or more are taken.
double DrawBeta(double shape, Draws& draws) {
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    const double x = std::pow(draws.Unit(), 1 / shape);
    const double y = std::pow(draws.Unit(), 1 / shape);
    if (x + y > 0 && x + y <= 1) return x / (x + y);
  }
  return 0.5;
}

}  // namespace

Augmenter::Augmenter(const Policy& policy, int64_t width, int64_t height)
    : policy_(policy), resizer_(tensor::ResizeMode::kTf2Bilinear, width, height) {}

void Augmenter::Crop(const image::Region& region, image::Picture& picture) {
  if (region.width == picture.width && region.height == picture.height) return;
  resizer_.Begin({.width = picture.width, .height = picture.height, .region = region});
  for (int64_t y = 0; y < picture.height; ++y) {
    resizer_.AddRow(picture.rgb.data() + y * picture.width * 3);
  }
  std::ranges::copy(resizer_.Bytes(), picture.rgb.begin());
}

void Augmenter::Apply(const Occasion& occasion, image::Picture& picture) {
  auto draws = [&](Purpose purpose) { return Draws(occasion, purpose); };
  if (policy_.rotate > 0) {
    Rotate(picture, draws(Purpose::kRotate).Between(-policy_.rotate, policy_.rotate), rotated_);
    std::swap(picture, rotated_);
  }
  if (policy_.crop < 1) {
    Draws region = draws(Purpose::kCrop);
    Crop(DrawRegion(policy_.crop, picture.width, picture.height, region), picture);
  }
  if (policy_.flip && draws(Purpose::kFlip).Unit() < 0.5) Flip(picture);
  if (policy_.jitter > 0) {
    Draws jitter = draws(Purpose::kJitter);
    auto change = [&] { return jitter.Between(-policy_.jitter, policy_.jitter); };
    ChangeBrightness(1 + change(), picture);
    ChangeContrast(1 + change(), picture);
    ChangeSaturation(1 + change(), picture);
    ChangeHue(kHueOfJitter * change(), picture);
  }
  if (policy_.cutout > 0) {
    Draws place = draws(Purpose::kCutout);
    const int64_t x = place.Below(picture.width);
    CutOut(x, place.Below(picture.height), policy_.cutout, picture);
  }
}

Mixing DrawMixing(const Policy& policy, const Occasion& occasion, int64_t pictures) {
  if (!(policy.mixup > 0)) return {};
  Draws draws(occasion, Purpose::kMixup);
  const int64_t other = draws.Below(pictures);
  const double share = DrawBeta(policy.mixup, draws);
  return {other, std::min(share, 1 - share)};
}

}  // namespace goldcrest::augment
