// Between reals and the integers that stand for them.
#include "backends/cpu/lower.h"
#include "backends/cpu/quantized.h"
#include "kernels/dequantize/dequantize.h"
#include "kernels/fake_quant/fake_quant.h"
#include "kernels/quantize/quantize.h"

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
  if (IsQuantized(operands)) return LowerRequantize(operands);
  GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
  const kernels::quantize::Params params{
      .dtype = y.dtype,
      .scale = y.scale,
      .zero_point = y.zero,
      .ties_to_even = operands.arithmetic == tensor::Arithmetic::kXnnpack && y.bytes()};
  const kernels::quantize::Row& row = Choose(kernels::quantize::Rows(), params, operands);
  runtime::Step step =
      InChunks(row.name, *tensor::ElementCount(operands.out().shape), 1,
               [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
                 run(params, b.In<float>(0), b.Out<std::byte>(0), first, last);
               });
  return Explained(std::move(step), kernels::quantize::Rows(), params, operands);
}

Lowered Lower(const graph::FakeQuant& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const std::span<const int64_t> shape = operands.out().shape;
  kernels::fake_quant::Params params{.bits = static_cast<int>(op.bits),
                                     .narrow_range = op.narrow_range,
                                     .ranges = operands.in(1).shape[0]};
  if (params.ranges > 1) {
    params.inner = *tensor::ElementCount(shape.subspan(static_cast<size_t>(op.axis) + 1));
  }
  const int64_t elements = *tensor::ElementCount(shape);
  runtime::Step step =
      InChunks("fake_quant_f32_reference", elements, 1,
               [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                 kernels::fake_quant::Reference(params, b.In<float>(0), b.In<float>(1),
                                                b.In<float>(2), b.Out<float>(0), first, last);
               });
  AddElementwiseProgress(step, elements);
  return step;
}

}  // namespace goldcrest::backends::cpu
