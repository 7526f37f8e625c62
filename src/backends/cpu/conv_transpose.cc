// A transposed convolution runs as a convolution. With strides s, output row t − padding of which t
// leaves the remainder r when divided by s is made of the filter's rows r, r + s, r + 2 s… alone:
// so each remainder is a filter of its own, and all of them together are one convolution of stride
// 1, whose channels then become pixels. What a smaller filter lacks is zeros, so that sums,
// integers among them, are exactly those of the transposed convolution.
#include <cstring>
#include <memory>

#include "backends/cpu/lower.h"
#include "graph/padding.h"

namespace goldcrest::backends::cpu {
namespace {

// Along one dimension.
struct Axis {
  int64_t in, out, kernel, stride, padding;

  int64_t taps() const { return (kernel + stride - 1) / stride; }
  // Steps of the convolution, each of which makes `stride` outputs.
  int64_t steps() const { return std::max((out - 1 + padding) / stride + 1, in); }
  int64_t after() const { return steps() - in; }
};

// One filter for each remainder of both axes, and `turned` so that a window's last pixel comes
// first.
std::vector<std::byte> SplitFilter(const graph::Value& filter, const Axis& h, const Axis& w) {
  const int64_t channels = filter.shape[0];
  const auto element = static_cast<int64_t>(tensor::SizeOf(filter.dtype));
  const int64_t bytes = filter.shape[3] * element;  // of one tap
  const std::byte* from = filter.constant->bytes().data();
  const std::byte zero = filter.quantization.empty()
                             ? std::byte{}
                             : static_cast<std::byte>(filter.quantization.zero_point[0]);
  std::vector<std::byte> split(
      static_cast<size_t>(h.stride * w.stride * channels * h.taps() * w.taps() * bytes), zero);
  for (int64_t i = 0; i < channels * h.kernel * w.kernel; ++i) {
    const int64_t column = i % w.kernel, row = i / w.kernel % h.kernel;
    const int64_t channel = i / (h.kernel * w.kernel);
    const int64_t part = row % h.stride * w.stride + column % w.stride;
    const int64_t y = h.taps() - 1 - row / h.stride, x = w.taps() - 1 - column / w.stride;
    const int64_t to = ((part * channels + channel) * h.taps() + y) * w.taps() + x;
    std::memcpy(split.data() + to * bytes, from + i * bytes, static_cast<size_t>(bytes));
  }
  return split;
}

// The bias, and scales of channels, once for each part.
template <class Vector>
void Repeat(Vector& elements, int64_t times) {
  const Vector once = elements;
  for (int64_t i = 1; i < times; ++i) elements.insert(elements.end(), once.begin(), once.end());
}

graph::Value Repeated(graph::Value value, int64_t times) {
  if (value.quantization.per_channel()) {
    Repeat(value.quantization.scale, times);
    Repeat(value.quantization.zero_point, times);
  }
  const auto bytes = value.constant->bytes();
  std::vector<std::byte> all(bytes.begin(), bytes.end());
  Repeat(all, times);
  value.shape[0] *= times;
  value.constant = tensor::SharedBytes::Copy<std::byte>(all);
  return value;
}

}  // namespace

Lowered Lower(const graph::ConvTranspose2D& op, const Operands& operands) {
  GOLDCREST_RETURN_IF_ERROR(ExpectConstantWeights(operands));
  const graph::Value& input = operands.in(0);
  const graph::Value& filter = operands.in(1);
  if (input.dtype != operands.out().dtype ||
      (input.dtype == tensor::DType::kFloat32) != (filter.dtype == tensor::DType::kFloat32)) {
    return Fail(ErrorCode::kUnsupported, "weights of type ", tensor::NameOf(filter.dtype),
                " with activations of type ", tensor::NameOf(input.dtype));
  }
  const tensor::Shape& out = operands.out().shape;
  const int64_t channels = out[3];
  const graph::PaddingCounts padding = graph::ResolvePadding(
      {.stride_h = op.stride_h, .stride_w = op.stride_w, .padding = op.padding}, out[1], out[2],
      filter.shape[1], filter.shape[2]);
  const Axis h{input.shape[1], out[1], filter.shape[1], op.stride_h, padding.top};
  const Axis w{input.shape[2], out[2], filter.shape[2], op.stride_w, padding.left};
  const int64_t parts = h.stride * w.stride;
  constexpr int64_t kMostParts = 1024;  // far above any that is in use
  if (h.stride > kMostParts || w.stride > kMostParts || parts > kMostParts) {
    return Fail(ErrorCode::kLimit, "strides of ", h.stride, " x ", w.stride);
  }

  graph::Graph convolution;
  graph::Value split = filter;
  split.shape = {parts * channels, h.taps(), w.taps(), filter.shape[3]};
  split.constant = tensor::SharedBytes::Copy<std::byte>(SplitFilter(filter, h, w));
  if (split.quantization.per_channel()) {
    Repeat(split.quantization.scale, parts);
    Repeat(split.quantization.zero_point, parts);
  }
  graph::Value made = operands.out();
  made.shape = {out[0], h.steps(), w.steps(), parts * channels};
  graph::Node node;
  node.op = graph::Conv2D{
      {.padding = {graph::PaddingKind::kExplicit, h.taps() - 1, h.after(), w.taps() - 1, w.after()},
       .activation = op.activation}};
  node.inputs = {convolution.AddValue(input), convolution.AddValue(std::move(split))};
  if (operands.count() > 2) {
    node.inputs.push_back(convolution.AddValue(Repeated(operands.in(2), parts)));
  }
  node.output = convolution.AddValue(std::move(made));
  const Operands within{convolution, node, operands.isa, operands.arithmetic, operands.precision};
  GOLDCREST_TRY(runtime::Step made_step, Lower(std::get<graph::Conv2D>(node.op), within));
  const auto step = std::make_shared<runtime::Step>(std::move(made_step));
  GOLDCREST_CHECK(step->preparations.empty() && step->scratch_bytes == 0);

  const auto element = static_cast<int64_t>(tensor::SizeOf(operands.out().dtype));
  const int64_t pixel = channels * element;
  runtime::Step lowered =
      InChunks(step->kernel, out[0] * out[1], out[2] * channels,
               [h, w, pixel, parts](int64_t first, int64_t last, const runtime::Buffers& b) {
                 for (int64_t row = first; row < last; ++row) {
                   const int64_t y = row % h.out + h.padding;
                   const int64_t from = (row / h.out * h.steps() + y / h.stride) * w.steps();
                   std::byte* to = b.Out<std::byte>(0) + row * w.out * pixel;
                   for (int64_t column = 0; column < w.out; ++column, to += pixel) {
                     const int64_t x = column + w.padding;
                     const int64_t part = y % h.stride * w.stride + x % w.stride;
                     std::memcpy(to, b.scratch + ((from + x / w.stride) * parts + part) * pixel,
                                 static_cast<size_t>(pixel));
                   }
                 }
               });
  lowered.refused = step->refused;
  lowered.preparations.push_back(
      {step->chunks, [step](int64_t chunk, const runtime::Buffers& b) noexcept {
         std::byte* outputs[] = {b.scratch};
         step->run(chunk, {b.inputs, outputs});
       }});
  lowered.scratch_bytes = static_cast<size_t>(out[0] * h.steps() * w.steps() * parts * pixel);
  return lowered;
}

}  // namespace goldcrest::backends::cpu
