#include "kernels/elementwise/elementwise.h"

#include "backends/cpu/lower.h"

namespace goldcrest::backends::cpu {
namespace {

using kernels::elementwise::BroadcastParams;
using Combine = void (*)(const BroadcastParams&, const float*, const float*, float*) noexcept;

BroadcastParams Broadcast(const tensor::Shape& a, const tensor::Shape& b, kernels::Clamp clamp) {
  BroadcastParams params{.shape = {}, .b_stride = {}, .clamp = clamp};
  params.shape.fill(1);
  int64_t stride = 1;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t d = kernels::elementwise::kMostDimensions - 1 - i;
    params.shape[d] = a[a.size() - 1 - i];
    int64_t b_size = i < b.size() ? b[b.size() - 1 - i] : 1;
    params.b_stride[d] = b_size == 1 ? 0 : stride;
    stride *= b_size;
  }
  return params;
}

Lowered LowerBinary(const char* kernel, Combine combine, graph::Activation activation,
                    const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  BroadcastParams params =
      Broadcast(operands.in(0).shape, operands.in(1).shape, ClampOf(activation));
  return runtime::Step{.kernel = kernel,
                       .run = [params, combine](int64_t, const runtime::Buffers& b) noexcept {
                         combine(params, b.In<float>(0), b.In<float>(1), b.Out<float>(0));
                       }};
}

using Unary = void (*)(int64_t count, const float* x, float* y) noexcept;

Lowered LowerUnary(const char* kernel, Unary function, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  int64_t count = *tensor::ElementCount(operands.out().shape);
  return runtime::Step{.kernel = kernel,
                       .run = [function, count](int64_t, const runtime::Buffers& b) noexcept {
                         function(count, b.In<float>(0), b.Out<float>(0));
                       }};
}

}  // namespace

Lowered Lower(const graph::Add& op, const Operands& operands) {
  return LowerBinary("add_f32_reference", kernels::elementwise::Add, op.activation, operands);
}

Lowered Lower(const graph::Mul& op, const Operands& operands) {
  return LowerBinary("mul_f32_reference", kernels::elementwise::Mul, op.activation, operands);
}

Lowered Lower(const graph::Activate& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  int64_t count = *tensor::ElementCount(operands.out().shape);
  kernels::Clamp clamp = ClampOf(op.activation);
  return runtime::Step{.kernel = "activate_f32_reference",
                       .run = [clamp, count](int64_t, const runtime::Buffers& b) noexcept {
                         kernels::elementwise::Activate(clamp, count, b.In<float>(0),
                                                        b.Out<float>(0));
                       }};
}

Lowered Lower(const graph::HardSwish&, const Operands& operands) {
  return LowerUnary("hard_swish_f32_reference", kernels::elementwise::HardSwish, operands);
}

Lowered Lower(const graph::Logistic&, const Operands& operands) {
  return LowerUnary("logistic_f32_reference", kernels::elementwise::Logistic, operands);
}

Lowered Lower(const graph::Tanh&, const Operands& operands) {
  return LowerUnary("tanh_f32_reference", kernels::elementwise::Tanh, operands);
}

Lowered Lower(const graph::LeakyRelu& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  int64_t count = *tensor::ElementCount(operands.out().shape);
  auto alpha = static_cast<float>(op.alpha);
  return runtime::Step{.kernel = "leaky_relu_f32_reference",
                       .run = [alpha, count](int64_t, const runtime::Buffers& b) noexcept {
                         kernels::elementwise::LeakyRelu(alpha, count, b.In<float>(0),
                                                         b.Out<float>(0));
                       }};
}

Lowered Lower(const graph::BatchNorm& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  int64_t channels = operands.out().shape.back();
  int64_t count = *tensor::ElementCount(operands.out().shape);
  kernels::elementwise::BatchNormParams params{
      .rows = channels == 0 ? 0 : count / channels, .channels = channels, .epsilon = op.epsilon};
  return runtime::Step{.kernel = "batch_norm_f32_reference",
                       .run = [params](int64_t, const runtime::Buffers& b) noexcept {
                         kernels::elementwise::BatchNorm(params, b.In<float>(0), b.In<float>(1),
                                                         b.In<float>(2), b.In<float>(3),
                                                         b.In<float>(4), b.Out<float>(0));
                       }};
}

}  // namespace goldcrest::backends::cpu
