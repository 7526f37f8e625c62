#include "kernels/resize/resize.h"
#include "backends/cpu/quantized.h"

namespace goldcrest::backends::cpu {
namespace {

namespace resize = kernels::resize;
using tensor::Arithmetic;

constexpr size_t kMostTableSize = size_t{1} << 20;  // rows or columns

Result<resize::Params> ResizeOf(const Operands& operands) {
  const tensor::Shape& in = operands.in(0).shape;
  const tensor::Shape& out = operands.out().shape;
  if (static_cast<size_t>(out[1]) > kMostTableSize ||
      static_cast<size_t>(out[2]) > kMostTableSize) {
    return Fail(ErrorCode::kLimit, "pictures of ", out[1], " x ", out[2]);
  }
  return resize::Params{.dtype = operands.out().dtype,
                        .in_h = in[1],
                        .in_w = in[2],
                        .out_h = out[1],
                        .out_w = out[2],
                        .channels = out[3]};
}

// XNNPACK leaves pictures to LiteRT whose corners are aligned and pixels have centres, and int16.
resize::Formula FormulaOf(const graph::ResizeBilinear& op, const Operands& operands) {
  const tensor::DType dtype = operands.out().dtype;
  if (dtype == tensor::DType::kFloat32) return resize::Formula::kReal;
  const bool xnnpack = operands.arithmetic == Arithmetic::kXnnpack &&
                       dtype != tensor::DType::kInt16 &&
                       !(op.align_corners && op.half_pixel_centers);
  if (xnnpack) return resize::Formula::kElevenBits;
  if (dtype != tensor::DType::kUInt8) return resize::Formula::kTenBits;
  return operands.arithmetic == Arithmetic::kReference ? resize::Formula::kColumns
                                                       : resize::Formula::kReal;
}

template <class At>
auto ForEach(int64_t count, const At& at) {
  std::vector<decltype(at(0))> table;
  table.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) table.push_back(at(i));
  return table;
}

}  // namespace

Lowered Lower(const graph::ResizeBilinear& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 1));
  if (!IsQuantized(operands)) GOLDCREST_RETURN_IF_ERROR(ExpectFloat(operands));
  GOLDCREST_TRY(resize::Params params, ResizeOf(operands));
  params.formula = FormulaOf(op, operands);
  const resize::Mapping mapping{op.align_corners, op.half_pixel_centers};
  auto taps = [&](int64_t in, int64_t out) {
    return ForEach(out, [&](int64_t i) { return TapOf(params.formula, mapping, i, in, out); });
  };
  return InChunks(
      "resize_bilinear", operands.in(0).shape[0] * params.out_h, params.out_w * params.channels * 4,
      [params, rows = taps(params.in_h, params.out_h), columns = taps(params.in_w, params.out_w)](
          int64_t first, int64_t last, const runtime::Buffers& b) {
        resize::Bilinear(params, rows.data(), columns.data(), b.In<std::byte>(0),
                         b.Out<std::byte>(0), first, last);
      });
}

Lowered Lower(const graph::ResizeNearest& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 1));
  GOLDCREST_TRY(const resize::Params params, ResizeOf(operands));
  const resize::Mapping mapping{op.align_corners, op.half_pixel_centers};
  auto indices = [&](int64_t in, int64_t out) {
    return ForEach(out, [&](int64_t i) { return resize::NearestOf(mapping, i, in, out); });
  };
  const int64_t pixel = params.channels * static_cast<int64_t>(tensor::SizeOf(params.dtype));
  return InChunks("resize_nearest", operands.in(0).shape[0] * params.out_h,
                  params.out_w * params.channels,
                  [params, pixel, rows = indices(params.in_h, params.out_h),
                   columns = indices(params.in_w, params.out_w)](int64_t first, int64_t last,
                                                                 const runtime::Buffers& b) {
                    resize::Nearest(params, pixel, rows.data(), columns.data(), b.In<std::byte>(0),
                                    b.Out<std::byte>(0), first, last);
                  });
}

}  // namespace goldcrest::backends::cpu
