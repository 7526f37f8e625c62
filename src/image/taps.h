// The inputs that each output of a resized axis is made of, and their weights.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/input_contract.h"

namespace goldcrest::image {

// How an output is made of its span x[0], x[1] … of inputs.
enum class Blend : uint8_t {
  kCopy,        // x[0]
  kLerp,        // x[0] + (x[1] − x[0]) · weights[0] in float32; x[0] where the span has one input
  kSum,         // 0 + weights[0] · x[0] + weights[1] · x[1] … in float32, in this order
  kFixedPoint,  // of bytes: (Σ fixed[k] · x[k] + half) >> kFixedPointBits, clamped to a byte
};

// Weights of kFixedPoint are times 2^22: a byte and two bits for what the sum may overshoot are
// left of an int32 (Pillow's PRECISION_BITS).
inline constexpr int kFixedPointBits = 32 - 8 - 2;
inline constexpr int32_t kFixedPointHalf = 1 << (kFixedPointBits - 1);

// Two such weights as 16-bit numbers: weight = high · 2^15 + low, low not negative.
struct WeightPair {
  static constexpr int kLowBits = 15;
  int16_t low[2];
  int16_t high[2];

  static WeightPair Of(int32_t a, int32_t b) {
    constexpr int32_t kLow = (1 << kLowBits) - 1;
    return {{static_cast<int16_t>(a & kLow), static_cast<int16_t>(b & kLow)},
            {static_cast<int16_t>(a >> kLowBits), static_cast<int16_t>(b >> kLowBits)}};
  }
};

// What is resized of an axis: of `inputs` pixels, from `begin` on a length of `length`, which may
// fall between pixels where a picture comes at a fraction of its size.
struct Section {
  int64_t inputs = 0;
  double begin = 0;
  double length = 0;

  static Section Whole(int64_t inputs) { return {inputs, 0, static_cast<double>(inputs)}; }
  bool operator==(const Section&) const = default;
};

struct Taps {
  struct Span {
    int64_t first = 0;
    int64_t count = 1;  // at least 1
  };

  tensor::ResizeMode mode = tensor::ResizeMode::kTf2Bilinear;
  Blend blend = Blend::kCopy;
  Section section;
  std::vector<Span> spans;     // one an output; neither their first nor their last input ever falls
  int64_t longest = 1;         // inputs in the longest span
  std::vector<float> weights;  // `longest` an output
  std::vector<int32_t> fixed;  // the same
  std::vector<WeightPair> pairs;  // `fixed` two by two: (longest + 1) / 2 an output
  std::vector<double> window;     // of the output in work

  int64_t inputs() const { return section.inputs; }
  int64_t outputs() const { return static_cast<int64_t>(spans.size()); }
};

// Fills `taps`, whose memory is reused (and, where it is the same question again, its contents),
// for a section of an axis that becomes one of `outputs`. Takes memory for about 2 · reach ·
// max(inputs, outputs) weights, the reach being 1 (bilinear), 2 (bicubic) or 3 (Lanczos). The
// formulas, with scale = length / outputs, and begin added to every place:
//   tf2-bilinear   reads c = (i + 0.5) · scale − 0.5, tf1-legacy c = i · scale, in float32; taps
//                  floor(c) and floor(c) + 1, clamped; weight c − floor(c).
//   tf2-antialias  TensorFlow's ScaleAndTranslate with a triangle of radius max(scale, 1) around
//                  (i + 0.5) · scale, in float32, the weights divided by their sum.
//   pil-…          Pillow's precompute_coeffs: a triangle, a cubic of a = −0.5 or a Lanczos window
//                  of 3, each stretched by max(scale, 1), around (i + 0.5) · scale, in double, the
//                  weights divided by their sum and rounded to fixed point.
//   pil-nearest    floor of scale / 2 + scale + scale …, added up in double as Pillow does.
void MakeTaps(tensor::ResizeMode mode, const Section& section, int64_t outputs, Taps& taps);

}  // namespace goldcrest::image
