#include "image/crop.h"

#include <algorithm>
#include <cmath>

namespace goldcrest::image {
namespace {

Region CentralSquare(double fraction, int64_t width, int64_t height) {
  const auto shorter = static_cast<double>(std::min(width, height));
  const auto side = std::max<int64_t>(static_cast<int64_t>(std::floor(fraction * shorter)), 1);
  return {(width - side) / 2, (height - side) / 2, side, side};
}

// In double and in this order of operations: tf.image.central_crop.
int64_t TfCutOff(double fraction, int64_t side) {
  const auto length = static_cast<double>(side);
  return static_cast<int64_t>((length - length * fraction) / 2.0);
}

}  // namespace

Region CropRegion(const tensor::InputContract& contract, int64_t width, int64_t height) {
  switch (contract.crop) {
    case tensor::CropKind::kNone:
      break;
    case tensor::CropKind::kCentralSquare:
      return CentralSquare(contract.crop_fraction, width, height);
    case tensor::CropKind::kTfCentralCrop: {
      const int64_t left = TfCutOff(contract.crop_fraction, width);
      const int64_t top = TfCutOff(contract.crop_fraction, height);
      return {left, top, width - 2 * left, height - 2 * top};
    }
  }
  return {0, 0, width, height};
}

}  // namespace goldcrest::image
