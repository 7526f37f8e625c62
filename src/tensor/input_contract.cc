#include "tensor/input_contract.h"

#include <cmath>
#include <vector>

namespace goldcrest::tensor {
namespace {

constexpr std::array<std::string_view, 3> kColors = {"rgb", "bgr", "gray"};
constexpr std::array<std::string_view, 2> kDcts = {"accurate", "fast"};
constexpr std::array<std::string_view, 1> kResizes = {"tf2-bilinear"};
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

}  // namespace

std::string_view NameOf(ColorOrder color) { return kColors[static_cast<size_t>(color)]; }
std::string_view NameOf(DctMode dct) { return kDcts[static_cast<size_t>(dct)]; }
std::string_view NameOf(ResizeMode mode) { return kResizes[static_cast<size_t>(mode)]; }

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
  return crop == CropKind::kNone ? "none" : base::Cat(fraction);
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

Result<ResizeMode> ParseResizeMode(std::string_view text) {
  for (size_t i = 0; i < kResizes.size(); ++i) {
    if (text == kResizes[i]) return static_cast<ResizeMode>(i);
  }
  return Fail(ErrorCode::kUsage, "the resize mode '", text, "' is not known; use tf2-bilinear");
}

Status ParseCrop(std::string_view text, InputContract& contract) {
  if (text == "none") {
    contract.crop = CropKind::kNone;
    return {};
  }
  double fraction = 0;
  if (!base::ParseFloat(text, fraction) || !(fraction > 0 && fraction <= 1)) {
    return Fail(ErrorCode::kUsage, "the crop '", text,
                "' is neither 'none' nor a share of the shorter side above 0 and up to 1");
  }
  contract.crop = CropKind::kCentralSquare;
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
  text += contract.crop == CropKind::kNone ? ", no crop"
                                           : base::Cat(", central crop ", contract.crop_fraction);
  text += base::Cat(", ", NameOf(contract.resize), ", ");
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
