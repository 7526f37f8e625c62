#include "backends/cpu/lower.h"
#include "backends/cpu/quantized.h"
#include "graph/padding.h"
#include "kernels/mean/mean.h"
#include "kernels/pool/pool.h"
#include "kernels/softmax/softmax.h"

namespace goldcrest::backends::cpu {
namespace {

Lowered LowerPool(kernels::pool::Kind kind, const graph::PoolAttributes& op,
                  const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const kernels::pool::Params params{
      .kind = kind,
      .window = WindowOf(graph::WindowOf(op), op.filter_h, op.filter_w, operands),
      .channels = operands.out().shape[3],
      .clamp = ClampOf(op.activation)};
  const kernels::pool::Row& row = Choose(kernels::pool::Rows(), params, operands);
  const kernels::Window& window = params.window;
  runtime::Step step =
      InChunks(row.name, window.batch * window.out_h,
               window.out_w * params.channels * window.kernel_h * window.kernel_w,
               [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
                 run(params, b.In<float>(0), b.Out<float>(0), first, last);
               });
  return Explained(std::move(step), kernels::pool::Rows(), params, operands);
}

}  // namespace

Result<Reduced> ReducedOf(std::span<const int64_t> axes, const Operands& operands) {
  const tensor::Shape& shape = operands.in(0).shape;
  Reduced reduction;
  for (size_t d = 0; d < shape.size(); ++d) {
    auto axis = static_cast<int64_t>(d);
    bool before = axes.empty() || axis < axes.front();
    bool after = !before && axis > axes.back();
    (before ? reduction.outer : after ? reduction.inner : reduction.reduced) *= shape[d];
  }
  bool neighbours =
      axes.empty() || axes.back() - axes.front() + 1 == static_cast<int64_t>(axes.size());
  if (!neighbours) {
    return Fail(ErrorCode::kUnsupported, "axes that are no neighbours: ",
                tensor::ToString(tensor::Shape(axes.begin(), axes.end())));
  }
  return reduction;
}

Lowered Lower(const graph::Mean& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  GOLDCREST_TRY(const Reduced reduction, ReducedOf(op.axes, operands));
  const kernels::mean::Params params{.outer = reduction.outer,
                                     .reduced = reduction.reduced,
                                     .inner = reduction.inner,
                                     .in_order = IsInOrder(operands)};
  const kernels::mean::Row& row = Choose(kernels::mean::Rows(), params, operands);
  constexpr int64_t kMultiple = 64;  // whole vectors
  runtime::Step step = InChunks(
      row.name, params.outer * params.inner, params.reduced,
      [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
        run(params, b.In<float>(0), b.Out<float>(0), first, last);
      },
      kMultiple);
  return Explained(std::move(step), kernels::mean::Rows(), params, operands);
}

Lowered Lower(const graph::AveragePool2D& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerPool(kernels::pool::Kind::kAverage, op, operands);
}

Lowered Lower(const graph::MaxPool2D& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  return LowerPool(kernels::pool::Kind::kMax, op, operands);
}

Lowered Lower(const graph::Softmax& op, const Operands& operands) {
  if (IsQuantized(operands)) return LowerQuantized(op, operands);
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const int64_t classes = operands.out().shape.back();
  const int64_t rows = *tensor::ElementCount(operands.out().shape) / classes;
  const kernels::softmax::Params params{.classes = classes, .beta = op.beta};
  const kernels::softmax::Row& row = Choose(kernels::softmax::Rows(), params, operands);
  runtime::Step step =
      InChunks(row.name, rows, classes,
               [params, run = row.run](int64_t first, int64_t last, const runtime::Buffers& b) {
                 run(params, b.In<float>(0), b.Out<float>(0), first, last);
               });
  return Explained(std::move(step), kernels::softmax::Rows(), params, operands);
}

}  // namespace goldcrest::backends::cpu
