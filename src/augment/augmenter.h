// A policy, carried out.
#pragma once

#include "augment/draws.h"
#include "augment/policy.h"
#include "image/picture.h"
#include "image/resize.h"

namespace goldcrest::augment {

// For one thread; its memory is reused from picture to picture.
class Augmenter {
 public:
  // Pictures are of this size, and keep it.
  Augmenter(const Policy& policy, int64_t width, int64_t height);

  // What is done depends on the policy, the occasion and the picture only. In this order:
  // - rotate: by an angle within ± policy.rotate degrees;
  // - crop: DrawRegion, brought back to the picture's size by TensorFlow's bilinear resize;
  // - flip: every other time;
  // - jitter: brightness, contrast and saturation by factors within 1 ± policy.jitter, each, and
  //   the hue within ± policy.jitter / 4 of the circle;
  // - cutout: around any pixel.
  void Apply(const Occasion& occasion, image::Picture& picture);

 private:
  void Crop(const image::Region& region, image::Picture& picture);

  Policy policy_;
  image::Resizer resizer_;
  image::Picture rotated_;
};

// A picture and its label have `share` of another's in them.
struct Mixing {
  int64_t other = 0;  // picture, of as many as there are
  double share = 0;   // at most a half
};

// mixup (Zhang et al., "mixup: Beyond empirical risk minimization", 2018): the share of one of two
// pictures is of the beta distribution whose shapes are both policy.mixup, and the smaller of both
// shares is the other's.
Mixing DrawMixing(const Policy& policy, const Occasion& occasion, int64_t pictures);

}  // namespace goldcrest::augment
