#include "backends/cpu/cpu_backend.h"

#include <limits>

#include "backends/cpu/lower.h"
#include "graph/padding.h"
#include "runtime/tuning.h"

namespace goldcrest::backends::cpu {

std::vector<runtime::Group> CpuBackend::Propose(const graph::Graph& graph,
                                                const runtime::Options&) const {
  std::vector<runtime::Group> groups;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    groups.push_back({{static_cast<int32_t>(i)}, node.inputs, {node.output}});
  }
  return groups;
}

Result<runtime::Step> CpuBackend::Lower(const graph::Graph& graph, const runtime::Group& group,
                                        const runtime::Options& options) const {
  const graph::Node& node = graph.nodes[static_cast<size_t>(group.nodes.front())];
  std::string_view wanted;
  if (options.tuning != nullptr && options.tuning->kernel_of) {
    wanted = options.tuning->kernel_of(graph, node);
  }
  const Operands operands{graph,         node,  isa_, options.arithmetic, options.precision,
                          options.cache, wanted};
  return std::visit([&](const auto& op) { return cpu::Lower(op, operands); }, node.op);
}

Status ExpectFloat(const Operands& operands) {
  auto check = [](const graph::Value& value) -> Status {
    if (value.dtype == tensor::DType::kFloat32) return {};
    return Fail(ErrorCode::kUnsupported, "'", value.name, "' is ", tensor::NameOf(value.dtype),
                ", and ", tensor::NameOf(value.dtype), " arithmetic is not there yet");
  };
  for (size_t i = 0; i < operands.count(); ++i) GOLDCREST_RETURN_IF_ERROR(check(operands.in(i)));
  return check(operands.out());
}

Status ExpectSameQuantization(const Operands& operands, size_t count) {
  const graph::Value& out = operands.out();
  for (size_t i = 0; i < count; ++i) {
    const graph::Value& in = operands.in(i);
    if (in.dtype == out.dtype && in.quantization.scale == out.quantization.scale &&
        in.quantization.zero_point == out.quantization.zero_point) {
      continue;
    }
    return Fail(ErrorCode::kUnsupported, "'", in.name, "' and '", out.name,
                "' stand for reals by different scales; here they must have the same");
  }
  return {};
}

kernels::Window WindowOf(const graph::ConvolutionAttributes& op, int64_t kernel_h, int64_t kernel_w,
                         const Operands& operands) {
  const tensor::Shape& in = operands.in(0).shape;
  const tensor::Shape& out = operands.out().shape;
  graph::PaddingCounts padding = graph::ResolvePadding(op, in[1], in[2], kernel_h, kernel_w);
  return {.batch = in[0],
          .in_h = in[1],
          .in_w = in[2],
          .out_h = out[1],
          .out_w = out[2],
          .kernel_h = kernel_h,
          .kernel_w = kernel_w,
          .stride_h = op.stride_h,
          .stride_w = op.stride_w,
          .dilation_h = op.dilation_h,
          .dilation_w = op.dilation_w,
          .pad_top = padding.top,
          .pad_left = padding.left};
}

runtime::Progress ProgressOf(const kernels::Window& window, Channels channels, int64_t first,
                             int64_t last) {
  const kernels::Window& a = window;
  const bool pointwise = a.kernel_h == 1 && a.kernel_w == 1 && a.in_h == a.out_h &&
                         a.in_w == a.out_w && a.pad_top == 0 && a.pad_left == 0;
  // Kernels read on to the end of a register.
  auto to = [&](int64_t read) {
    constexpr int64_t kRegister = 64;
    return std::min(read + kRegister, a.batch * a.in_h * a.in_w * channels.in);
  };
  if (pointwise) return {first * channels.in, to(last * channels.in), last * channels.out};
  // The input row that an output row's window begins at, through all pictures.
  auto top = [&](int64_t pixel, int64_t more) {
    const int64_t row = pixel / a.out_w;
    return row / a.out_h * a.in_h +
           std::clamp<int64_t>(row % a.out_h * a.stride_h - a.pad_top + more, 0, a.in_h - 1);
  };
  const int64_t row = a.in_w * channels.in;
  return {top(first, 0) * row, to((top(last - 1, (a.kernel_h - 1) * a.dilation_h) + 1) * row),
          last * channels.out};
}

void AddRowsProgress(runtime::Step& step, const kernels::Window& window, Channels channels,
                     int64_t multiple) {
  const int64_t rows = UnitsOfChunk(window.out_w * channels.out * 2, multiple);
  for (int64_t chunk = 0; chunk < step.chunks; ++chunk) {
    const int64_t last = std::min((chunk + 1) * rows, window.batch * window.out_h);
    step.progress.push_back(
        ProgressOf(window, channels, chunk * rows * window.out_w, last * window.out_w));
  }
}

void AddElementwiseProgress(runtime::Step& step, int64_t elements) {
  const int64_t of_chunk = UnitsOfChunk(1);
  for (int64_t first = 0; first < elements; first += of_chunk) {
    const int64_t last = std::min(first + of_chunk, elements);
    step.progress.push_back({first, last, last});
  }
}

kernels::Clamp ClampOf(graph::Activation activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case graph::Activation::kNone:
      return {-kInfinity, kInfinity};
    case graph::Activation::kRelu:
      return {0, kInfinity};
    case graph::Activation::kRelu6:
      return {0, 6};
  }
  GOLDCREST_CHECK(false);
}

}  // namespace goldcrest::backends::cpu
