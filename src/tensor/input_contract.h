// The input contract: everything that a picture goes through before the first operator. It travels
// inside the model file, for a wrong guess here costs more accuracy than any quantizer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/quantization.h"

namespace goldcrest::tensor {

enum class ColorOrder : uint8_t { kRgb, kBgr, kGray };

// JPEG's inverse transform: the slow integer one (Pillow, Keras) or the fast one (TensorFlow).
enum class DctMode : uint8_t { kAccurate, kFast };

enum class CropKind : uint8_t {
  kNone,           // the whole picture, its proportions changed
  kCentralSquare,  // side floor(fraction · shorter side), offsets floor((dimension − side) / 2)
  // tf.image.central_crop: of each side, start = floor((side − side · fraction) / 2) is cut off at
  // both ends, in double. The proportions stay.
  kTfCentralCrop,
};

// Whatever makes floats is rounded half to even to bytes afterwards, as a picture of that size
// would hold them: normalization is then a table of 256 values, and a float and an integer model
// get the same picture. (A TensorFlow program that normalises the floats themselves differs by up
// to half a level.) A picture that has the size already is taken as it is, in every mode.
enum class ResizeMode : uint8_t {
  kTf2Bilinear,   // tf.image.resize: half-pixel centres, no antialiasing
  kTf2Antialias,  // tf.image.resize(antialias=True): a triangle as wide as the reduction
  kTf1Legacy,     // tf.compat.v1.image.resize_bilinear: pixel i reads at i · in / out
  // Pillow's Image.resize on bytes, bit for bit; Keras' load_img. All but nearest antialias.
  kPilNearest,
  kPilBilinear,
  kPilBicubic,
  kPilLanczos,
};

// What one byte x of a channel becomes, in float32, in this order of operations.
enum class NormalizationKind : uint8_t {
  kTf,       // x / 127.5 − 1
  kTorch,    // (x / 255 − mean) / std with ImageNet's mean and std
  kCaffe,    // x − ImageNet's mean; the channels in BGR order
  kUnit,     // x / 255
  kNone,     // x
  kMeanStd,  // (x − mean) / std with the numbers below
};

struct Normalization {
  NormalizationKind kind = NormalizationKind::kNone;
  std::array<double, 3> mean = {0, 0, 0};  // for kMeanStd, by channel of the tensor
  std::array<double, 3> std = {1, 1, 1};
  bool operator==(const Normalization&) const = default;
};

struct InputContract {
  int64_t width = 0;  // pixels
  int64_t height = 0;
  ColorOrder color = ColorOrder::kRgb;
  DctMode dct = DctMode::kAccurate;
  bool exif_orientation = true;  // the picture is turned upright first
  CropKind crop = CropKind::kCentralSquare;
  double crop_fraction = 0.875;
  ResizeMode resize = ResizeMode::kTf2Bilinear;
  Normalization normalization;
  // For integer inputs: q = rint(v / scale) + zero_point, half to even, clamped.
  DType dtype = DType::kFloat32;
  double scale = 0;
  int64_t zero_point = 0;
  bool operator==(const InputContract&) const = default;
};

std::string_view NameOf(ColorOrder color);                 // rgb, bgr, gray
std::string_view NameOf(DctMode dct);                      // accurate, fast
std::string_view NameOf(ResizeMode mode);                  // tf2-bilinear, pil-lanczos
std::span<const std::string_view> ResizeModeNames();       // in the order of the enumeration
std::string ToString(const Normalization& normalization);  // as the flag takes it
std::string ToString(CropKind crop, double fraction);      // none, 0.875, tf-central-crop:0.875

// tf, torch, caffe, unit, none, "MEAN,STD" or "M,M,M,S,S,S".
Result<Normalization> ParseNormalization(std::string_view text);
// The value of that name; an error lists the names.
Result<ColorOrder> ParseColorOrder(std::string_view text);
Result<DctMode> ParseDctMode(std::string_view text);
Result<ResizeMode> ParseResizeMode(std::string_view text);
// "none", the central square's share of the shorter side, or "tf-central-crop:" and the share of
// both sides; shares are in (0, 1].
Status ParseCrop(std::string_view text, InputContract& contract);

// The normalization in numbers: value = (x − mean) / std by channel of the tensor, up to float32
// rounding. For metadata that knows only a mean and a std.
void MeanAndStd(const Normalization& normalization, std::array<double, 3>& mean,
                std::array<double, 3>& std);

// One line for people: "224 x 224 rgb, central crop 0.875, tf2-bilinear, x / 127.5 - 1".
std::string Describe(const InputContract& contract);

// The complete contract as JSON, the same bytes for the same contract.
std::string ToJson(const InputContract& contract);
Result<InputContract> InputContractFromJson(std::string_view json);

}  // namespace goldcrest::tensor
