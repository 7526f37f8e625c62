#include "evaluate/scores.h"

#include <algorithm>
#include <cmath>

namespace goldcrest::evaluate {
namespace {

using tensor::DType;

template <class Integer>
void Dequantize(std::span<const Integer> integers, const tensor::Quantization& quantization,
                std::span<float> reals) {
  const double scale = quantization.scale[0];
  const double zero_point =
      quantization.zero_point.empty() ? 0 : static_cast<double>(quantization.zero_point[0]);
  for (size_t i = 0; i < reals.size(); ++i) {
    reals[i] = static_cast<float>((integers[i] - zero_point) * scale);
  }
}

bool Before(float a, float b) { return a > b || (std::isnan(b) && !std::isnan(a)); }

}  // namespace

Status ReadScores(const tensor::TensorView& output, const tensor::Quantization& quantization,
                  std::vector<float>& scores) {
  scores.resize(output.bytes.size() / tensor::SizeOf(output.dtype));
  if (output.dtype == DType::kFloat32) {
    std::ranges::copy(output.As<float>(), scores.begin());
    return {};
  }
  const bool known = quantization.scale.size() == 1;
  if (known && output.dtype == DType::kInt8) {
    Dequantize(output.As<int8_t>(), quantization, scores);
  } else if (known && output.dtype == DType::kUInt8) {
    Dequantize(output.As<uint8_t>(), quantization, scores);
  } else if (known && output.dtype == DType::kInt16) {
    Dequantize(output.As<int16_t>(), quantization, scores);
  } else {
    return Fail(ErrorCode::kUnsupported, "the model's output is ", tensor::NameOf(output.dtype),
                " without a scale, and no list of scores");
  }
  return {};
}

void Softmax(std::span<float> scores) {
  if (scores.empty()) return;
  const double largest = *std::ranges::max_element(scores);
  double sum = 0;
  for (float x : scores) sum += std::exp(x - largest);
  for (float& x : scores) x = static_cast<float>(std::exp(x - largest) / sum);
}

int64_t RankOf(std::span<const float> scores, int64_t label) {
  const auto at = static_cast<size_t>(label);
  int64_t rank = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const bool wins_tie = i < at && !Before(scores[at], scores[i]);
    if (wins_tie || Before(scores[i], scores[at])) ++rank;
  }
  return rank;
}

double Divergence(std::span<const float> p, std::span<const float> q, double floor) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double a = p[i];
    const double b = q[i];
    if (std::isnan(a) || std::isnan(b)) return a + b;
    if (a != 0) sum += a * std::log(std::max(a, floor) / std::max(b, floor));
  }
  return sum;
}

}  // namespace goldcrest::evaluate
