#include "image/taps.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace goldcrest::image {
namespace {

using tensor::ResizeMode;

void MakeNearest(Taps& taps) {
  taps.blend = Blend::kCopy;
  const double scale = taps.section.length / static_cast<double>(taps.outputs());
  double position = taps.section.begin + scale * 0.5;
  for (Taps::Span& span : taps.spans) {
    span = {std::min(static_cast<int64_t>(position), taps.inputs() - 1), 1};
    position += scale;
  }
}

// The place that output `i` reads, in float32.
using Center = float (*)(float i, float scale);

void MakeLerp(Center center, Taps& taps) {
  taps.blend = Blend::kLerp;
  taps.longest = std::min<int64_t>(2, taps.inputs());
  taps.weights.resize(taps.spans.size() * static_cast<size_t>(taps.longest));
  const auto begin = static_cast<float>(taps.section.begin);
  const float scale = static_cast<float>(taps.section.length) / static_cast<float>(taps.outputs());
  for (size_t i = 0; i < taps.spans.size(); ++i) {
    const float at = begin + center(static_cast<float>(i), scale);
    const float floor = std::floor(at);
    const auto low = std::clamp<int64_t>(static_cast<int64_t>(floor), 0, taps.inputs() - 1);
    const auto high = std::clamp<int64_t>(static_cast<int64_t>(floor) + 1, 0, taps.inputs() - 1);
    taps.spans[i] = {low, high - low + 1};
    taps.weights[i * static_cast<size_t>(taps.longest)] = at - floor;
  }
}

// The order of operations is ScaleAndTranslate's: `scale` is what tf.image.resize hands to it.
void MakeTriangleSum(Taps& taps) {
  taps.blend = Blend::kSum;
  const auto begin = static_cast<float>(taps.section.begin);
  const float scale = static_cast<float>(taps.outputs()) / static_cast<float>(taps.section.length);
  const auto inverse = static_cast<float>(1.0 / static_cast<double>(scale));
  const float radius = std::max(inverse, 1.0F);
  const float one_over_radius = 1.0F / radius;
  taps.longest = std::min(2 * static_cast<int64_t>(std::ceil(radius)) + 1, taps.inputs());
  taps.weights.assign(taps.spans.size() * static_cast<size_t>(taps.longest), 0);
  for (size_t i = 0; i < taps.spans.size(); ++i) {
    const float center = begin + (static_cast<float>(i) + 0.5F) * inverse;
    const auto start = static_cast<int64_t>(std::ceil(center - radius - 0.5F));
    const auto last = static_cast<int64_t>(std::floor(center + radius - 0.5F));
    Taps::Span& span = taps.spans[i];
    span.first = std::clamp<int64_t>(start, 0, taps.inputs() - 1);
    span.count = std::clamp<int64_t>(last, 0, taps.inputs() - 1) - span.first + 1;
    span.count = std::min(span.count, taps.longest);
    float* weights = taps.weights.data() + i * static_cast<size_t>(taps.longest);
    float sum = 0;
    for (int64_t k = 0; k < span.count; ++k) {
      const float distance = static_cast<float>(span.first + k) + 0.5F - center;
      weights[k] = std::max(0.0F, 1.0F - std::fabs(distance * one_over_radius));
      sum += weights[k];
    }
    const float one_over_sum = 1.0F / sum;
    for (int64_t k = 0; k < span.count; ++k) weights[k] *= one_over_sum;
  }
}

// Pillow's filters. `x` is in inputs, or in outputs where these are wider.
struct Filter {
  double (*weight)(double x);
  double reach;
};

double Triangle(double x) { return std::max(0.0, 1.0 - std::fabs(x)); }

double Cubic(double x) {
  constexpr double kA = -0.5;
  x = std::fabs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * kA;
  return 0;
}

double Sinc(double x) {
  if (x == 0) return 1;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double Lanczos(double x) { return x >= -3 && x < 3 ? Sinc(x) * Sinc(x / 3) : 0; }

// Rounds below zero as a cast does, towards zero, where lround would not.
int64_t Truncate(double x) { return static_cast<int64_t>(x); }

int32_t ToFixedPoint(double weight) {
  return static_cast<int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << kFixedPointBits));
}

void MakeFixedPoint(const Filter& filter, Taps& taps) {
  taps.blend = Blend::kFixedPoint;
  const double scale = taps.section.length / static_cast<double>(taps.outputs());
  const double stretch = std::max(scale, 1.0);
  const double one_over_stretch = 1.0 / stretch;
  const double support = filter.reach * stretch;
  taps.longest = std::min(static_cast<int64_t>(std::ceil(support)) * 2 + 1, taps.inputs());
  taps.fixed.assign(taps.spans.size() * static_cast<size_t>(taps.longest), 0);
  taps.pairs.clear();
  std::vector<double>& window = taps.window;
  window.resize(static_cast<size_t>(taps.longest));
  for (size_t i = 0; i < taps.spans.size(); ++i) {
    const double center = taps.section.begin + (static_cast<double>(i) + 0.5) * scale;
    Taps::Span& span = taps.spans[i];
    span.first = std::max<int64_t>(Truncate(center - support + 0.5), 0);
    span.count = std::min(Truncate(center + support + 0.5), taps.inputs()) - span.first;
    double sum = 0;
    for (int64_t k = 0; k < span.count; ++k) {
      const double distance = static_cast<double>(k + span.first) - center + 0.5;
      window[static_cast<size_t>(k)] = filter.weight(distance * one_over_stretch);
      sum += window[static_cast<size_t>(k)];
    }
    int32_t* fixed = taps.fixed.data() + i * static_cast<size_t>(taps.longest);
    for (int64_t k = 0; k < span.count; ++k) {
      fixed[k] = ToFixedPoint(window[static_cast<size_t>(k)] / sum);
    }
    for (int64_t k = 0; k < taps.longest; k += 2) {
      taps.pairs.push_back(WeightPair::Of(fixed[k], k + 1 < taps.longest ? fixed[k + 1] : 0));
    }
  }
}

}  // namespace

void MakeTaps(ResizeMode mode, const Section& section, int64_t outputs, Taps& taps) {
  if (taps.mode == mode && taps.section == section && taps.outputs() == outputs) return;
  taps.mode = mode;
  taps.section = section;
  taps.spans.resize(static_cast<size_t>(outputs));
  taps.longest = 1;
  switch (mode) {
    case ResizeMode::kTf2Bilinear:
      return MakeLerp([](float i, float scale) { return (i + 0.5F) * scale - 0.5F; }, taps);
    case ResizeMode::kTf2Antialias:
      return MakeTriangleSum(taps);
    case ResizeMode::kTf1Legacy:
      return MakeLerp([](float i, float scale) { return i * scale; }, taps);
    case ResizeMode::kPilNearest:
      return MakeNearest(taps);
    case ResizeMode::kPilBilinear:
      return MakeFixedPoint({Triangle, 1}, taps);
    case ResizeMode::kPilBicubic:
      return MakeFixedPoint({Cubic, 2}, taps);
    case ResizeMode::kPilLanczos:
      return MakeFixedPoint({Lanczos, 3}, taps);
  }
}

}  // namespace goldcrest::image
