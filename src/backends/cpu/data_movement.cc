// Operators that move elements, or make them of shapes alone.
#include <cstring>

#include "backends/cpu/quantized.h"
#include "kernels/pad/pad.h"

namespace goldcrest::backends::cpu {
namespace {

Lowered LowerCopy(const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 1));
  size_t bytes = *tensor::ByteCount(operands.out().dtype, operands.out().shape);
  return runtime::Step{.kernel = "copy",
                       .run = [bytes](int64_t, const runtime::Buffers& b) noexcept {
                         if (bytes > 0) std::memcpy(b.Out<char>(0), b.In<char>(0), bytes);
                       }};
}

}  // namespace

Lowered Lower(const graph::Reshape&, const Operands& operands) { return LowerCopy(operands); }
Lowered Lower(const graph::Dropout&, const Operands& operands) { return LowerCopy(operands); }
Lowered Lower(const graph::TrainingOnly&, const Operands& operands) { return LowerCopy(operands); }

Lowered Lower(const graph::Pad& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 1));
  const auto element_size = static_cast<int64_t>(tensor::SizeOf(operands.out().dtype));
  kernels::pad::Params params =
      kernels::pad::Make(operands.in(0).shape, op.before, op.after, element_size);
  if (IsQuantized(operands)) {
    GOLDCREST_TRY(Scaled y, ScaledOf(operands.out()));
    params.zero = static_cast<std::byte>(y.zero);
  }
  return InChunks("pad", kernels::pad::RowCount(params),
                  kernels::pad::RowBytes(params) / static_cast<int64_t>(sizeof(float)),
                  [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                    kernels::pad::Run(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
                  });
}

Lowered Lower(const graph::Concatenation& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, operands.count()));
  // Of each part, the bytes that lie together; of the result, all dimensions before the axis.
  const tensor::Shape& shape = operands.out().shape;
  const auto axis = static_cast<size_t>(op.axis);
  const size_t rows = static_cast<size_t>(*tensor::ElementCount(std::span(shape).first(axis)));
  std::vector<size_t> runs;
  for (size_t i = 0; i < operands.count(); ++i) {
    const tensor::Shape& part = operands.in(i).shape;
    runs.push_back(*tensor::ByteCount(operands.out().dtype, std::span(part).subspan(axis)));
  }
  return runtime::Step{.kernel = "concatenation",
                       .run = [runs, rows](int64_t, const runtime::Buffers& b) noexcept {
                         auto* out = b.Out<std::byte>(0);
                         for (size_t row = 0; row < rows; ++row) {
                           for (size_t i = 0; i < runs.size(); ++i) {
                             const auto* in = b.In<std::byte>(i) + row * runs[i];
                             if (runs[i] > 0) std::memcpy(out, in, runs[i]);
                             out += runs[i];
                           }
                         }
                       }};
}

Lowered Lower(const graph::ShapeOf&, const Operands& operands) {
  const tensor::Shape& shape = operands.in(0).shape;
  std::vector<int32_t> dimensions(shape.begin(), shape.end());
  return runtime::Step{
      .kernel = "shape", .run = [dimensions](int64_t, const runtime::Buffers& b) noexcept {
        std::memcpy(b.Out<int32_t>(0), dimensions.data(), dimensions.size() * sizeof(int32_t));
      }};
}

Lowered Lower(const graph::StridedSlice& op, const Operands& operands) {
  int64_t count = *tensor::ElementCount(operands.out().shape);
  return runtime::Step{.kernel = "strided_slice",
                       .run = [op, count](int64_t, const runtime::Buffers& b) noexcept {
                         for (int64_t i = 0; i < count; ++i) {
                           b.Out<int32_t>(0)[i] = b.In<int32_t>(0)[op.begin + i * op.stride];
                         }
                       }};
}

Lowered Lower(const graph::Pack&, const Operands& operands) {
  size_t count = operands.count();
  return runtime::Step{.kernel = "pack",
                       .run = [count](int64_t, const runtime::Buffers& b) noexcept {
                         for (size_t i = 0; i < count; ++i)
                           b.Out<int32_t>(0)[i] = *b.In<int32_t>(i);
                       }};
}

}  // namespace goldcrest::backends::cpu
