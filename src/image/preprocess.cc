#include "image/preprocess.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "image/gray.h"

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

// Writes one element a channel of every pixel, by the channel's table of 256.
template <class Entry, class T>
void Emit(std::span<const uint8_t> pixels, tensor::ColorOrder color,
          const std::array<std::array<Entry, 256>, 3>& table, std::span<T> out) {
  T* next = out.data();
  const uint8_t* end = pixels.data() + pixels.size();
  if (color == tensor::ColorOrder::kGray) {
    for (const uint8_t* rgb = pixels.data(); rgb < end; rgb += 3) {
      *next++ = static_cast<T>(table[0][Gray(rgb)]);
    }
    return;
  }
  const int first = color == tensor::ColorOrder::kBgr ? 2 : 0;
  for (const uint8_t* rgb = pixels.data(); rgb < end; rgb += 3, next += 3) {
    next[0] = static_cast<T>(table[0][rgb[first]]);
    next[1] = static_cast<T>(table[1][rgb[1]]);
    next[2] = static_cast<T>(table[2][rgb[2 - first]]);
  }
}

}  // namespace

Preprocessor::Preprocessor(const tensor::InputContract& contract)
    : contract_(contract), resizer_(contract.resize, contract.width, contract.height) {
  for (size_t c = 0; c < 3; ++c) {
    for (size_t x = 0; x < 256; ++x) {
      const float value = Normalize(contract.normalization, c, static_cast<float>(x));
      table_[c][x] = value;
      if (contract.dtype == tensor::DType::kUInt8) {
        quantized_[c][x] = Quantize<uint8_t>(value, contract);
      } else if (contract.dtype == tensor::DType::kInt8) {
        quantized_[c][x] = int16_t{Quantize<int8_t>(value, contract)};
      } else if (contract.dtype == tensor::DType::kInt16) {
        quantized_[c][x] = Quantize<int16_t>(value, contract);
      }
    }
  }
}

Result<Preprocessor> Preprocessor::Create(const tensor::InputContract& contract) {
  using tensor::DType;
  bool integer = contract.dtype == DType::kInt8 || contract.dtype == DType::kUInt8 ||
                 contract.dtype == DType::kInt16;
  if (!integer && contract.dtype != DType::kFloat32) {
    return Fail(ErrorCode::kUnsupported, "pictures for an input of ",
                tensor::NameOf(contract.dtype));
  }
  if (integer && !(static_cast<float>(contract.scale) > 0)) {
    return Fail(ErrorCode::kInvalid, "the input contract of an integer input has no scale");
  }
  return Preprocessor(contract);
}

Status Preprocessor::CheckOutput(const tensor::MutableTensorView& out) const {
  const int64_t channels = contract_.color == tensor::ColorOrder::kGray ? 1 : 3;
  const std::array<int64_t, 4> expected = {1, contract_.height, contract_.width, channels};
  if (std::ranges::equal(out.shape, expected) && out.dtype == contract_.dtype) return {};
  return Fail(ErrorCode::kInvalid, "the model takes ", tensor::NameOf(out.dtype),
              tensor::ToString(out.shape), ", but its input contract makes ",
              tensor::NameOf(contract_.dtype), tensor::ToString(expected));
}

Status Preprocessor::Run(RowSource& rows, tensor::MutableTensorView out) {
  GOLDCREST_RETURN_IF_ERROR(CheckOutput(out));
  if (rows.width() < 1 || rows.height() < 1) {
    return Fail(ErrorCode::kInvalid, "the picture has no pixels");
  }
  const bool swapped = TurnOf(rows.orientation()).swapped;
  const int64_t width = swapped ? rows.height() : rows.width();
  const int64_t height = swapped ? rows.width() : rows.height();
  resizer_.Begin({.width = rows.width(),
                  .height = rows.height(),
                  .orientation = rows.orientation(),
                  .region = CropRegion(contract_, width, height),
                  .reduction = rows.reduction()});
  for (int64_t y = 0; y < rows.row_count(); ++y) {
    GOLDCREST_TRY(const uint8_t* row, rows.NextRow());
    resizer_.AddRow(row);
  }
  if (contract_.dtype == tensor::DType::kFloat32) {
    Emit(resizer_.Bytes(), contract_.color, table_, out.As<float>());
  } else if (contract_.dtype == tensor::DType::kInt16) {
    Emit(resizer_.Bytes(), contract_.color, quantized_, out.As<int16_t>());
  } else {
    Emit(resizer_.Bytes(), contract_.color, quantized_, out.As<uint8_t>());
  }
  return {};
}

Status Preprocessor::Run(const Picture& picture, tensor::MutableTensorView out) {
  PictureRows rows(picture);
  return Run(rows, out);
}

}  // namespace goldcrest::image
