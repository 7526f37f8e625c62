// Between reals and the integers that stand for them.
#include "backends/cpu/lower.h"
#include "kernels/dequantize/dequantize.h"

namespace goldcrest::backends::cpu {

Lowered Lower(const graph::Dequantize&, const Operands& operands) {
  const graph::Value& x = operands.in(0);
  kernels::dequantize::Params params{.dtype = x.dtype};
  if (x.quantization.per_channel()) {
    const std::span<const int64_t> shape = x.shape;
    const auto axis = static_cast<size_t>(x.quantization.axis);
    params.outer = *tensor::ElementCount(shape.first(axis));
    params.channels = shape[axis];
    params.inner = *tensor::ElementCount(shape.subspan(axis + 1));
  } else {
    params.inner = *tensor::ElementCount(x.shape);
  }
  params.scale = x.quantization.scale;
  params.zero_point = x.quantization.zero_point;
  return runtime::Step{.kernel = "dequantize_reference",
                       .run = [params](int64_t, const runtime::Buffers& b) noexcept {
                         kernels::dequantize::Reference(params, b.In<std::byte>(0),
                                                        b.Out<float>(0));
                       }};
}

Lowered Lower(const graph::Quantize&, const Operands& operands) {
  return Fail(ErrorCode::kUnsupported, tensor::NameOf(operands.out().dtype),
              " arithmetic is not there yet");
}

}  // namespace goldcrest::backends::cpu
