#include "formats/onnx/real_constant.h"

#include "tensor/half.h"
#include "tensor/tensor.h"

namespace goldcrest::formats::onnx {

using tensor::DType;

Result<tensor::SharedBytes> RealConstant(const graph::Value& value) {
  const tensor::TensorView view{value.dtype, value.shape, value.constant->bytes()};
  std::vector<float> reals(static_cast<size_t>(*tensor::ElementCount(value.shape)));
  if (value.dtype == DType::kFloat16) {
    const std::span<const uint16_t> halves = value.constant->As<uint16_t>();
    for (size_t i = 0; i < reals.size(); ++i) reals[i] = tensor::HalfToFloat(halves[i]);
    return tensor::SharedBytes::Copy<float>(reals);
  }
  const tensor::Quantization& q = value.quantization;
  if (!tensor::LimitsOf(value.dtype) || q.empty()) {
    return Invalid("'", value.name, "', a constant of type ", tensor::NameOf(value.dtype),
                   ", stands for no reals");
  }
  // How many elements lie side by side for one index of the axis.
  size_t inner = 1;
  for (size_t d = static_cast<size_t>(q.axis) + 1; d < value.shape.size(); ++d) {
    inner *= static_cast<size_t>(value.shape[d]);
  }
  for (size_t i = 0; i < reals.size(); ++i) {
    const size_t channel = q.per_channel() ? i / inner % q.scale.size() : 0;
    reals[i] = static_cast<float>(
        (tensor::ElementAsDouble(view, i) - static_cast<double>(q.zero_point[channel])) *
        q.scale[channel]);
  }
  return tensor::SharedBytes::Copy<float>(reals);
}

}  // namespace goldcrest::formats::onnx
