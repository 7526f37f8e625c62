#include "backends/cpu/lower.h"
#include "graph/infer.h"
#include "kernels/mean/mean.h"
#include "kernels/pool/pool.h"
#include "kernels/softmax/softmax.h"

namespace goldcrest::backends::cpu {
namespace {

using Pool = void (*)(const kernels::pool::Params&, const float* x, float* y, int64_t first,
                      int64_t last) noexcept;

Lowered LowerPool(const char* kernel, Pool pool, const graph::PoolAttributes& op,
                  const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  kernels::pool::Params params{
      .window = WindowOf(graph::WindowOf(op), op.filter_h, op.filter_w, operands),
      .channels = operands.out().shape[3],
      .clamp = ClampOf(op.activation)};
  return runtime::Step{.kernel = kernel,
                       .chunks = params.window.batch * params.window.out_h,
                       .run = [params, pool](int64_t chunk, const runtime::Buffers& b) noexcept {
                         pool(params, b.In<float>(0), b.Out<float>(0), chunk, chunk + 1);
                       }};
}

}  // namespace

Lowered Lower(const graph::Mean& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  const tensor::Shape& shape = operands.in(0).shape;
  kernels::mean::Params params;
  for (size_t d = 0; d < shape.size(); ++d) {
    auto axis = static_cast<int64_t>(d);
    bool before = op.axes.empty() || axis < op.axes.front();
    bool after = !before && axis > op.axes.back();
    (before ? params.outer : after ? params.inner : params.reduced) *= shape[d];
  }
  bool neighbours = op.axes.empty() ||
                    op.axes.back() - op.axes.front() + 1 == static_cast<int64_t>(op.axes.size());
  if (!neighbours) {
    return Fail(ErrorCode::kUnsupported,
                "the mean over axes that are no neighbours: ", tensor::ToString(op.axes));
  }
  return runtime::Step{.kernel = "mean_f32_reference",
                       .run = [params](int64_t, const runtime::Buffers& b) noexcept {
                         kernels::mean::Reference(params, b.In<float>(0), b.Out<float>(0));
                       }};
}

Lowered Lower(const graph::AveragePool2D& op, const Operands& operands) {
  return LowerPool("average_pool_f32_reference", kernels::pool::AverageReference, op, operands);
}

Lowered Lower(const graph::MaxPool2D& op, const Operands& operands) {
  return LowerPool("max_pool_f32_reference", kernels::pool::MaxReference, op, operands);
}

Lowered Lower(const graph::Softmax& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  int64_t classes = operands.out().shape.back();
  int64_t count = *tensor::ElementCount(operands.out().shape);
  kernels::softmax::Params params{.rows = count / classes, .classes = classes, .beta = op.beta};
  return runtime::Step{.kernel = "softmax_f32_reference",
                       .run = [params](int64_t, const runtime::Buffers& b) noexcept {
                         kernels::softmax::Reference(params, b.In<float>(0), b.Out<float>(0));
                       }};
}

}  // namespace goldcrest::backends::cpu
