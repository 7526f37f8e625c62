#include "tensor/input_contract.h"

#include <cmath>
#include <vector>

namespace goldcrest::tensor {
namespace {

constexpr std::array<std::string_view, 3> kColors = {"rgb", "bgr", "gray"};
constexpr std::array<std::string_view, 2> kDcts = {"accurate", "fast"};
constexpr std::array<std::string_view, 7> kResizes = {
    "tf2-bilinear", "tf2-antialias", "tf1-legacy", "pil-nearest",
    "pil-bilinear", "pil-bicubic",   "pil-lanczos"};
constexpr std::string_view kTfCentralCrop = "tf-central-crop:";
constexpr std::array<std::string_view, 5> kNormalizations = {"tf", "torch", "caffe", "unit",
                                                             "none"};
constexpr std::array<std::string_view, 6> kFormulas = {
    "x / 127.5 - 1", "(x / 255 - ImageNet mean) / std", "x - ImageNet mean", "x / 255", "x", ""};

// The means and deviations of ImageNet, as Keras' imagenet_utils.preprocess_input has them.
constexpr std::array<double, 3> kTorchMean = {0.485, 0.456, 0.406};
constexpr std::array<double, 3> kTorchStd = {0.229, 0.224, 0.225};
constexpr std::array<double, 3> kCaffeMean = {103.939, 116.779, 123.68};

std::string Triple(const std::array<double, 3>& v) {
  if (v[0] == v[1] && v[1] == v[2]) return base::Cat(v[0]);
  return base::Cat(v[0], ",", v[1], ",", v[2]);
}

std::string DescribeCrop(const InputContract& contract) {
  switch (contract.crop) {
    case CropKind::kNone:
      return "no crop";
    case CropKind::kCentralSquare:
      return base::Cat("central crop ", contract.crop_fraction);
    case CropKind::kTfCentralCrop:
      return base::Cat("tf.image.central_crop ", contract.crop_fraction);
  }
  return {};
}

// The value whose name in `names` is `text`.
template <class Enum>
Result<Enum> OneOf(std::string_view what, std::string_view text,
                   std::span<const std::string_view> names) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (text == names[i]) return static_cast<Enum>(i);
  }
  const std::vector<std::string> all(names.begin(), names.end());
  const std::string nearest = base::Nearest(text, all);
  return Fail(ErrorCode::kUsage, "the ", what, " '", text, "' is none of ", base::Join(all, ", "),
              nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?"));
}

}  // namespace

std::string_view NameOf(ColorOrder color) { return kColors[static_cast<size_t>(color)]; }
std::string_view NameOf(DctMode dct) { return kDcts[static_cast<size_t>(dct)]; }
std::string_view NameOf(ResizeMode mode) { return kResizes[static_cast<size_t>(mode)]; }
std::span<const std::string_view> ResizeModeNames() { return kResizes; }

std::string ToString(const Normalization& normalization) {
  if (normalization.kind != NormalizationKind::kMeanStd) {
    return std::string(kNormalizations[static_cast<size_t>(normalization.kind)]);
  }
  std::string mean = Triple(normalization.mean);
  std::string std = Triple(normalization.std);
  bool both_short = mean.find(',') == std::string::npos && std.find(',') == std::string::npos;
  if (both_short) return base::Cat(mean, ",", std);
  const auto& m = normalization.mean;
  const auto& s = normalization.std;
  return base::Cat(m[0], ",", m[1], ",", m[2], ",", s[0], ",", s[1], ",", s[2]);
}

std::string ToString(CropKind crop, double fraction) {
  switch (crop) {
    case CropKind::kNone:
      return "none";
    case CropKind::kCentralSquare:
      return base::Cat(fraction);
    case CropKind::kTfCentralCrop:
      return base::Cat(kTfCentralCrop, fraction);
  }
  return {};
}

Result<Normalization> ParseNormalization(std::string_view text) {
  Normalization normalization;
  for (size_t i = 0; i < kNormalizations.size(); ++i) {
    if (text != kNormalizations[i]) continue;
    normalization.kind = static_cast<NormalizationKind>(i);
    return normalization;
  }
  std::vector<double> numbers;
  std::string_view rest = text;
  bool more = true;  // text, or a comma, says that a number follows
  while (more && numbers.size() < 7) {
    size_t comma = std::min(rest.find(','), rest.size());
    double number = 0;
    if (!base::ParseFloat(rest.substr(0, comma), number) || !std::isfinite(number)) break;
    numbers.push_back(number);
    more = comma < rest.size();
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (more || (numbers.size() != 2 && numbers.size() != 6)) {
    return Fail(ErrorCode::kUsage, "the normalization '", text,
                "' is none of tf, torch, caffe, unit, none, MEAN,STD or M,M,M,S,S,S");
  }
  normalization.kind = NormalizationKind::kMeanStd;
  for (size_t c = 0; c < 3; ++c) {
    normalization.mean[c] = numbers[numbers.size() == 2 ? 0 : c];
    normalization.std[c] = numbers[numbers.size() == 2 ? 1 : 3 + c];
    if (normalization.std[c] == 0) {
      return Fail(ErrorCode::kUsage, "a standard deviation of 0 would divide by zero");
    }
  }
  return normalization;
}

Result<ColorOrder> ParseColorOrder(std::string_view text) {
  return OneOf<ColorOrder>("color order", text, kColors);
}

Result<DctMode> ParseDctMode(std::string_view text) {
  return OneOf<DctMode>("DCT mode", text, kDcts);
}

Result<ResizeMode> ParseResizeMode(std::string_view text) {
  return OneOf<ResizeMode>("resize mode", text, kResizes);
}

Status ParseCrop(std::string_view text, InputContract& contract) {
  if (text == "none") {
    contract.crop = CropKind::kNone;
    return {};
  }
  const bool sides = text.starts_with(kTfCentralCrop);
  double fraction = 0;
  if (!base::ParseFloat(text.substr(sides ? kTfCentralCrop.size() : 0), fraction) ||
      !(fraction > 0 && fraction <= 1)) {
    return Fail(ErrorCode::kUsage, "the crop '", text, "' is none of none, SHARE and ",
                kTfCentralCrop, "SHARE, a SHARE being above 0 and up to 1");
  }
  contract.crop = sides ? CropKind::kTfCentralCrop : CropKind::kCentralSquare;
  contract.crop_fraction = fraction;
  return {};
}

void MeanAndStd(const Normalization& normalization, std::array<double, 3>& mean,
                std::array<double, 3>& std) {
  mean = {0, 0, 0};
  std = {1, 1, 1};
  switch (normalization.kind) {
    case NormalizationKind::kTf:
      mean = std = {127.5, 127.5, 127.5};
      return;
    case NormalizationKind::kTorch:
      for (size_t c = 0; c < 3; ++c) {
        mean[c] = kTorchMean[c] * 255;
        std[c] = kTorchStd[c] * 255;
      }
      return;
    case NormalizationKind::kCaffe:
      mean = kCaffeMean;
      return;
    case NormalizationKind::kUnit:
      std = {255, 255, 255};
      return;
    case NormalizationKind::kNone:
      return;
    case NormalizationKind::kMeanStd:
      mean = normalization.mean;
      std = normalization.std;
      return;
  }
}

std::string Describe(const InputContract& contract) {
  std::string text = base::Cat(contract.width, " x ", contract.height, " ", NameOf(contract.color));
  text += base::Cat(", ", DescribeCrop(contract), ", ", NameOf(contract.resize), ", ");
  const Normalization& n = contract.normalization;
  text += n.kind == NormalizationKind::kMeanStd
              ? base::Cat("(x - ", Triple(n.mean), ") / ", Triple(n.std))
              : std::string(kFormulas[static_cast<size_t>(n.kind)]);
  text += base::Cat(", ", NameOf(contract.dtype));
  if (contract.scale != 0) {
    text += base::Cat(" scale ", contract.scale, " zero point ", contract.zero_point);
  }
  return text;
}

}  // namespace goldcrest::tensor
