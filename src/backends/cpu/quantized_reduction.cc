// MEAN, pooling and SOFTMAX of quantized tensors.
#include <algorithm>
#include <cmath>

#include "backends/cpu/quantized.h"
#include "graph/padding.h"
#include "kernels/quantized_mean/quantized_mean.h"
#include "kernels/quantized_pool/quantized_pool.h"
#include "kernels/quantized_softmax/quantized_softmax.h"

namespace goldcrest::backends::cpu {
namespace {

namespace mean = kernels::quantized_mean;
namespace pool = kernels::quantized_pool;
namespace softmax = kernels::quantized_softmax;
using tensor::Arithmetic;

// The mean over height and width that keeps them, for which LiteRT has a kernel of its own.
bool IsMeanOfPicture(const graph::Mean& op, const Operands& operands) {
  return op.keep_dims && operands.in(0).shape.size() == 4 && op.axes == std::vector<int64_t>{1, 2};
}

Lowered LowerIntegerPool(pool::Kind kind, const graph::PoolAttributes& op,
                         const Operands& operands) {
  GOLDCREST_TRY(const Scaled x, ScaledOf(operands.in(0)));
  GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
  if (x.scale != y.scale || x.zero != y.zero) {
    return Fail(ErrorCode::kUnsupported,
                "its result stands for reals otherwise than its operand: a scale of ", y.scale,
                " and a zero point of ", y.zero, ", not ", x.scale, " and ", x.zero);
  }
  const kernels::Window window = WindowOf(graph::WindowOf(op), op.filter_h, op.filter_w, operands);
  constexpr int64_t kMostPixels = 1 << 16;  // of a window, whose sum is held in 32 bits
  if (std::min(window.kernel_h, window.in_h) * std::min(window.kernel_w, window.in_w) >
      kMostPixels) {
    return Fail(ErrorCode::kLimit, "a window of more than ", kMostPixels, " pixels");
  }
  // XNNPACK has no average of integers.
  const bool xnnpack =
      operands.arithmetic == Arithmetic::kXnnpack && y.bytes() && kind == pool::Kind::kMax;
  const pool::Params params{.kind = kind,
                            .dtype = y.dtype,
                            .window = window,
                            .channels = operands.out().shape[3],
                            .clamp = ClampOf(op.activation, y, xnnpack)};
  const pool::Row& row = Choose(pool::Rows(), params, operands);
  runtime::Step step =
      InChunks(row.name, window.batch * window.out_h,
               window.out_w * params.channels * window.kernel_h * window.kernel_w,
               [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
                 run(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
               });
  return Explained(std::move(step), pool::Rows(), params, operands);
}

}  // namespace

Lowered LowerQuantized(const graph::Mean& op, const Operands& operands) {
  GOLDCREST_TRY(const Scaled x, ScaledOf(operands.in(0)));
  GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
  GOLDCREST_RETURN_IF_ERROR(ExpectFactor(double{x.scale} / y.scale));
  GOLDCREST_TRY(const Reduced reduction, ReducedOf(op.axes, operands));
  mean::Params params;
  params.dtype = y.dtype;
  params.outer = reduction.outer;
  params.reduced = reduction.reduced;
  params.inner = reduction.inner;
  params.clamp = y.range();
  const mean::Scaled from{x.scale, x.zero}, to{y.scale, y.zero};
  if (operands.arithmetic == Arithmetic::kXnnpack && y.bytes()) {
    mean::SetXnnpack(params, from, to);
  } else if (operands.arithmetic != Arithmetic::kReference && y.bytes() &&
             IsMeanOfPicture(op, operands)) {
    mean::SetPicture(params, from, to);
  } else {
    mean::SetReference(params, from, to);
  }
  const mean::Row& row = Choose(mean::Rows(), params, operands);
  constexpr int64_t kMultiple = 64;  // whole vectors
  runtime::Step step = InChunks(
      row.name, params.outer * params.inner, params.reduced,
      [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
        run(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
      },
      kMultiple);
  return Explained(std::move(step), mean::Rows(), params, operands);
}

Lowered LowerQuantized(const graph::AveragePool2D& op, const Operands& operands) {
  return LowerIntegerPool(pool::Kind::kAverage, op, operands);
}

Lowered LowerQuantized(const graph::MaxPool2D& op, const Operands& operands) {
  return LowerIntegerPool(pool::Kind::kMax, op, operands);
}

Lowered LowerQuantized(const graph::Softmax& op, const Operands& operands) {
  GOLDCREST_TRY(const Scaled x, ScaledOf(operands.in(0)));
  GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
  const float expected_scale = y.bytes() ? 0x1p-8F : 0x1p-15F;
  const int32_t expected_zero = y.bytes() ? y.range().low : 0;
  if (std::abs(y.scale - expected_scale) > expected_scale / 1000 || y.zero != expected_zero) {
    return Fail(ErrorCode::kUnsupported, "its result has a scale of ", y.scale,
                " and a zero point of ", y.zero, "; ", expected_scale, " and ", expected_zero,
                " expected");
  }
  const auto beta = static_cast<float>(op.beta);
  const float factor = x.scale * beta;
  if (!(factor > 0x1p-26F) || !(factor < 0x1p16F)) {
    return Fail(ErrorCode::kUnsupported, "its operand's scale times beta is ", factor);
  }
  const int64_t classes = operands.out().shape.back();
  const int64_t rows = *tensor::ElementCount(operands.out().shape) / classes;
  constexpr int64_t kMostClasses = 1 << 16;  // whose sum 32 bits hold
  if (!y.bytes() && classes > kMostClasses) {
    return Fail(ErrorCode::kLimit, "softmax of int16 over ", classes, " classes; up to ",
                kMostClasses, " are supported");
  }
  softmax::Params params;
  params.dtype = y.dtype;
  params.classes = classes;
  if (!y.bytes()) {
    softmax::SetInt16(params, x.scale, beta);
  } else if (operands.arithmetic == Arithmetic::kReference) {
    softmax::SetFixedPoint(params, x.scale, beta);
  } else {
    softmax::SetTable(params, x.scale, beta, y.scale, y.zero);
  }
  return InChunks("quantized_softmax_reference", rows, classes,
                  [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                    softmax::Reference(params, b.In<std::byte>(0), b.Out<std::byte>(0), first,
                                       last);
                  });
}

}  // namespace goldcrest::backends::cpu
