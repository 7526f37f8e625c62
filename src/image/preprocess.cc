#include "image/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "image/resize.h"

namespace goldcrest::image {
namespace {

using tensor::NormalizationKind;

// In float32 and in the order of operations that NormalizationKind states.
float Normalize(const tensor::Normalization& normalization, size_t channel, float x) {
  std::array<double, 3> mean;
  std::array<double, 3> std;
  tensor::MeanAndStd(normalization, mean, std);
  switch (normalization.kind) {
    case NormalizationKind::kTf:
      return x / 127.5F - 1.0F;
    case NormalizationKind::kTorch:
      return (x / 255.0F - static_cast<float>(mean[channel] / 255)) /
             static_cast<float>(std[channel] / 255);
    case NormalizationKind::kCaffe:
      return x - static_cast<float>(mean[channel]);
    case NormalizationKind::kUnit:
      return x / 255.0F;
    case NormalizationKind::kNone:
      return x;
    case NormalizationKind::kMeanStd:
      return (x - static_cast<float>(mean[channel])) / static_cast<float>(std[channel]);
  }
  return x;
}

template <class T>
T Quantize(float value, const tensor::InputContract& contract) {
  const float q = std::rint(value / static_cast<float>(contract.scale)) +
                  static_cast<float>(contract.zero_point);
  return static_cast<T>(std::clamp(q, static_cast<float>(std::numeric_limits<T>::min()),
                                   static_cast<float>(std::numeric_limits<T>::max())));
}

// Rounds half to even and clamps: what NumPy's rint and clip do.
uint8_t ToByte(float x) { return static_cast<uint8_t>(std::clamp(std::rint(x), 0.0F, 255.0F)); }

// ITU-R 601, in the fixed-point form of Pillow's convert('L').
uint8_t Gray(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

// Writes one element a channel of every pixel, `convert` mapping (channel, byte) to it.
template <class T, class Convert>
void Emit(const std::vector<uint8_t>& pixels, tensor::ColorOrder color, T* out,
          const Convert& convert) {
  for (size_t i = 0; i + 2 < pixels.size(); i += 3) {
    const uint8_t* rgb = pixels.data() + i;
    if (color == tensor::ColorOrder::kGray) {
      *out++ = convert(0, Gray(rgb));
      continue;
    }
    for (size_t c = 0; c < 3; ++c) {
      *out++ = convert(c, rgb[color == tensor::ColorOrder::kBgr ? 2 - c : c]);
    }
  }
}

}  // namespace

Preprocessor::Preprocessor(const tensor::InputContract& contract) : contract_(contract) {
  for (size_t c = 0; c < 3; ++c) {
    for (size_t x = 0; x < 256; ++x) {
      table_[c][x] = Normalize(contract.normalization, c, static_cast<float>(x));
    }
  }
}

Result<Preprocessor> Preprocessor::Create(const tensor::InputContract& contract) {
  using tensor::DType;
  bool integer = contract.dtype == DType::kInt8 || contract.dtype == DType::kUInt8;
  if (!integer && contract.dtype != DType::kFloat32) {
    return Fail(ErrorCode::kUnsupported, "pictures for an input of ",
                tensor::NameOf(contract.dtype));
  }
  if (integer && !(static_cast<float>(contract.scale) > 0)) {
    return Fail(ErrorCode::kInvalid, "the input contract of an integer input has no scale");
  }
  return Preprocessor(contract);
}

void Preprocessor::FillPixels(const Picture& picture) {
  const Region region = CropRegion(contract_, picture.width, picture.height);
  const auto row_bytes = static_cast<size_t>(contract_.width * 3);
  pixels_.resize(row_bytes * static_cast<size_t>(contract_.height));
  if (region.width == contract_.width && region.height == contract_.height) {
    for (int64_t y = 0; y < region.height; ++y) {
      const uint8_t* row =
          picture.rgb.data() + ((region.top + y) * picture.width + region.left) * 3;
      std::memcpy(pixels_.data() + static_cast<size_t>(y) * row_bytes, row, row_bytes);
    }
    return;
  }
  ResizeBilinear(picture, region, contract_.width, contract_.height, resized_);
  std::ranges::transform(resized_, pixels_.begin(), ToByte);
}

Status Preprocessor::Run(const Picture& picture, tensor::MutableTensorView out) {
  int64_t channels = contract_.color == tensor::ColorOrder::kGray ? 1 : 3;
  const tensor::Shape expected = {1, contract_.height, contract_.width, channels};
  if (!std::ranges::equal(out.shape, expected) || out.dtype != contract_.dtype) {
    return Fail(ErrorCode::kInvalid, "the model takes ", tensor::NameOf(out.dtype),
                tensor::ToString(out.shape), ", but its input contract makes ",
                tensor::NameOf(contract_.dtype), tensor::ToString(expected));
  }
  if (picture.width < 1 || picture.height < 1) {
    return Fail(ErrorCode::kInvalid, "the picture has no pixels");
  }
  FillPixels(picture);
  switch (contract_.dtype) {
    case tensor::DType::kInt8:
      Emit(pixels_, contract_.color, out.As<int8_t>().data(),
           [&](size_t c, uint8_t x) { return Quantize<int8_t>(table_[c][x], contract_); });
      return {};
    case tensor::DType::kUInt8:
      Emit(pixels_, contract_.color, out.As<uint8_t>().data(),
           [&](size_t c, uint8_t x) { return Quantize<uint8_t>(table_[c][x], contract_); });
      return {};
    default:
      Emit(pixels_, contract_.color, out.As<float>().data(),
           [&](size_t c, uint8_t x) { return table_[c][x]; });
      return {};
  }
}

}  // namespace goldcrest::image
