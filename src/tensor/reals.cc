#include "tensor/reals.h"

#include <algorithm>

namespace goldcrest::tensor {
namespace {

template <class Integer>
void Dequantize(std::span<const Integer> integers, const Quantization& quantization,
                std::span<float> reals) {
  const double scale = quantization.scale[0];
  const double zero_point =
      quantization.zero_point.empty() ? 0 : static_cast<double>(quantization.zero_point[0]);
  for (size_t i = 0; i < reals.size(); ++i) {
    reals[i] = static_cast<float>((integers[i] - zero_point) * scale);
  }
}

}  // namespace

Status ReadReals(const TensorView& view, const Quantization& quantization,
                 std::vector<float>& reals) {
  reals.resize(view.bytes.size() / SizeOf(view.dtype));
  if (view.dtype == DType::kFloat32) {
    std::ranges::copy(view.As<float>(), reals.begin());
    return {};
  }
  const bool known = quantization.scale.size() == 1;
  if (known && view.dtype == DType::kInt8) {
    Dequantize(view.As<int8_t>(), quantization, reals);
  } else if (known && view.dtype == DType::kUInt8) {
    Dequantize(view.As<uint8_t>(), quantization, reals);
  } else if (known && view.dtype == DType::kInt16) {
    Dequantize(view.As<int16_t>(), quantization, reals);
  } else {
    return Fail(ErrorCode::kUnsupported, "the model's output is ", NameOf(view.dtype),
                " without a scale, and no list of scores");
  }
  return {};
}

}  // namespace goldcrest::tensor
