// Operators that move elements, or make them of shapes alone.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "backends/cpu/quantized.h"
#include "kernels/pad/pad.h"
#include "kernels/space_batch/space_batch.h"
#include "kernels/strided_copy/strided_copy.h"

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

namespace {

// Bytes of another scale as those of the result; LiteRT's reference kernel computes in float32.
std::array<std::byte, 256> RescaledBytes(const Scaled& x, const Scaled& y) {
  const float factor = x.scale * (1 / y.scale);
  const float offset = static_cast<float>(-x.zero) * factor;
  std::array<std::byte, 256> table;
  for (int i = 0; i < 256; ++i) {
    const int value = x.dtype == tensor::DType::kInt8 ? static_cast<int8_t>(i) : i;
    const float real =
        std::round(static_cast<float>(value) * factor + offset) + static_cast<float>(y.zero);
    const float low = static_cast<float>(y.range().low), high = static_cast<float>(y.range().high);
    table[static_cast<size_t>(i)] =
        static_cast<std::byte>(static_cast<int>(std::clamp(real, low, high)));
  }
  return table;
}

// What a concatenation copies of one operand at a time; of another scale, through a table.
struct Part {
  size_t bytes;
  std::optional<std::array<std::byte, 256>> table;
};

Result<Part> PartOf(const Operands& operands, size_t i, size_t axis) {
  const graph::Value& in = operands.in(i);
  const graph::Value& out = operands.out();
  Part part{*tensor::ByteCount(out.dtype, std::span(in.shape).subspan(axis)), std::nullopt};
  if (in.quantization.scale == out.quantization.scale &&
      in.quantization.zero_point == out.quantization.zero_point) {
    return part;
  }
  GOLDCREST_TRY(const Scaled x, ScaledOf(in));
  GOLDCREST_TRY(const Scaled y, ScaledOf(out));
  GOLDCREST_RETURN_IF_ERROR(ExpectFactor(double{x.scale} / y.scale));
  if (!x.bytes()) return Fail(ErrorCode::kUnsupported, "int16 operands of other scales");
  part.table = RescaledBytes(x, y);
  return part;
}

}  // namespace

Lowered Lower(const graph::Concatenation& op, const Operands& operands) {
  // Of each part, the bytes that lie together; of the result, all dimensions before the axis.
  const tensor::Shape& shape = operands.out().shape;
  const auto axis = static_cast<size_t>(op.axis);
  const size_t rows = static_cast<size_t>(*tensor::ElementCount(std::span(shape).first(axis)));
  std::vector<Part> parts;
  for (size_t i = 0; i < operands.count(); ++i) {
    GOLDCREST_TRY(Part part, PartOf(operands, i, axis));
    parts.push_back(part);
  }
  return runtime::Step{.kernel = "concatenation",
                       .run = [parts, rows](int64_t, const runtime::Buffers& b) noexcept {
                         auto* out = b.Out<std::byte>(0);
                         for (size_t row = 0; row < rows; ++row) {
                           for (size_t i = 0; i < parts.size(); ++i) {
                             const Part& part = parts[i];
                             const auto* in = b.In<std::byte>(i) + row * part.bytes;
                             if (part.table) {
                               for (size_t k = 0; k < part.bytes; ++k) {
                                 out[k] = (*part.table)[static_cast<size_t>(in[k])];
                               }
                             } else if (part.bytes > 0) {
                               std::memcpy(out, in, part.bytes);
                             }
                             out += part.bytes;
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

namespace {

// How many elements of a dense tensor lie from one index of each dimension to the next.
std::vector<int64_t> StridesOf(const tensor::Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

Lowered LowerStridedCopy(std::string_view name, std::span<const int64_t> shape,
                         std::span<const int64_t> stride, int64_t begin, const Operands& operands) {
  namespace copy = kernels::strided_copy;
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 1));
  const auto size = static_cast<int64_t>(tensor::SizeOf(operands.out().dtype));
  const copy::Params params = copy::Make(shape, stride, begin, size);
  return InChunks(name, copy::RowCount(params),
                  copy::RowBytes(params) / static_cast<int64_t>(sizeof(float)),
                  [params](int64_t first, int64_t last, const runtime::Buffers& b) {
                    copy::Run(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
                  });
}

// `small` are the pictures whose channels hold squares. What lies in a row of a square, its pixels'
// channels, stays together.
Lowered LowerBlocks(std::string_view name, const tensor::Shape& small, int64_t block, bool to_depth,
                    const Operands& operands) {
  const int64_t channels = to_depth ? operands.in(0).shape[3] : operands.out().shape[3];
  if (to_depth) {
    const int64_t width = small[2] * block;
    const int64_t row = width * channels;
    const int64_t shape[] = {small[0] * small[1], small[2], block, block * channels};
    const int64_t stride[] = {row * block, block * channels, row, 1};
    return LowerStridedCopy(name, shape, stride, 0, operands);
  }
  const int64_t pixel = small[3];
  const int64_t shape[] = {small[0] * small[1], block, small[2], block * channels};
  const int64_t stride[] = {small[2] * pixel, block * channels, pixel, 1};
  return LowerStridedCopy(name, shape, stride, 0, operands);
}

Lowered LowerSpaceBatch(const graph::BlockAttributes& op, bool to_batch, const Operands& operands) {
  namespace space_batch = kernels::space_batch;
  GOLDCREST_RETURN_IF_ERROR(ExpectSameQuantization(operands, 1));
  const tensor::Shape& large = to_batch ? operands.in(0).shape : operands.out().shape;
  const tensor::Shape& small = to_batch ? operands.out().shape : operands.in(0).shape;
  const auto size = static_cast<int64_t>(tensor::SizeOf(operands.out().dtype));
  space_batch::Params params{.batch = large[0],
                             .height = large[1],
                             .width = large[2],
                             .small_height = small[1],
                             .small_width = small[2],
                             .block_h = op.block_h,
                             .block_w = op.block_w,
                             .top = op.top,
                             .left = op.left,
                             .pixel_bytes = large[3] * size};
  if (IsQuantized(operands)) {
    GOLDCREST_TRY(const Scaled y, ScaledOf(operands.out()));
    params.zero = static_cast<std::byte>(y.zero);
  }
  const auto run = to_batch ? space_batch::ToBatch : space_batch::ToSpace;
  const tensor::Shape& out = operands.out().shape;
  return InChunks(to_batch ? "space_to_batch" : "batch_to_space", out[0] * out[1], out[2] * out[3],
                  [params, run](int64_t first, int64_t last, const runtime::Buffers& b) {
                    run(params, b.In<std::byte>(0), b.Out<std::byte>(0), first, last);
                  });
}

}  // namespace

Lowered Lower(const graph::StridedSlice& op, const Operands& operands) {
  const tensor::Shape& from = operands.in(0).shape;
  std::vector<int64_t> strides = StridesOf(from);
  std::vector<int64_t> shape;
  int64_t begin = 0;
  for (size_t d = 0; d < from.size(); ++d) {
    begin += op.begin[d] * strides[d];
    strides[d] *= op.stride[d];
    shape.push_back(op.size[d] < 0 ? from[d] : op.size[d]);
  }
  return LowerStridedCopy("strided_slice", shape, strides, begin, operands);
}

Lowered Lower(const graph::Transpose& op, const Operands& operands) {
  const std::vector<int64_t> strides = StridesOf(operands.in(0).shape);
  std::vector<int64_t> permuted;
  permuted.reserve(op.permutation.size());
  for (int64_t d : op.permutation) permuted.push_back(strides[static_cast<size_t>(d)]);
  return LowerStridedCopy("transpose", operands.out().shape, permuted, 0, operands);
}

Lowered Lower(const graph::SpaceToDepth& op, const Operands& operands) {
  return LowerBlocks("space_to_depth", operands.out().shape, op.block, true, operands);
}

Lowered Lower(const graph::DepthToSpace& op, const Operands& operands) {
  return LowerBlocks("depth_to_space", operands.in(0).shape, op.block, false, operands);
}

Lowered Lower(const graph::SpaceToBatch& op, const Operands& operands) {
  return LowerSpaceBatch(op, true, operands);
}

Lowered Lower(const graph::BatchToSpace& op, const Operands& operands) {
  return LowerSpaceBatch(op, false, operands);
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
