#include "backends/cpu/cpu_backend.h"

#include <cmath>
#include <limits>

#include "backends/cpu/lower.h"
#include "graph/padding.h"

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
  const Operands operands{graph, node, isa_, options.arithmetic};
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

bool IsQuantized(const Operands& operands) {
  return operands.in(0).dtype != tensor::DType::kFloat32 ||
         operands.out().dtype != tensor::DType::kFloat32;
}

Status ExpectSameQuantization(const Operands& operands) {
  const graph::Value& out = operands.out();
  for (size_t i = 0; i < operands.count(); ++i) {
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

Status ExpectScale(const graph::Value& value) {
  const tensor::Quantization& q = value.quantization;
  if (q.scale.size() != 1 || q.zero_point.size() != 1) {
    return Fail(ErrorCode::kInvalid, "'", value.name, "' is ", tensor::NameOf(value.dtype),
                " with ", q.scale.size(), " scales; one is needed");
  }
  if (!std::isfinite(q.scale[0]) || q.scale[0] <= 0) {
    return Fail(ErrorCode::kInvalid, "the scale of '", value.name, "' is ", q.scale[0]);
  }
  const auto limits = tensor::LimitsOf(value.dtype);
  if (!limits) {
    return Fail(ErrorCode::kUnsupported, "'", value.name, "' is ", tensor::NameOf(value.dtype),
                "; int8, uint8 and int16 can stand for reals here");
  }
  if (q.zero_point[0] < limits->low || q.zero_point[0] > limits->high) {
    return Fail(ErrorCode::kInvalid, "the zero point of '", value.name, "' is ", q.zero_point[0],
                ", which ", tensor::NameOf(value.dtype), " cannot hold");
  }
  return {};
}

IntegerRange RangeOf(graph::Activation activation, const graph::Value& value) {
  const tensor::IntegerLimits limits = *tensor::LimitsOf(value.dtype);
  const float scale = value.quantization.scale[0];
  // To the nearest, half away from zero; a bound beyond the type's is the type's.
  auto integer = [&](float real) {
    const float q = std::round(real / scale) + static_cast<float>(value.quantization.zero_point[0]);
    return static_cast<int32_t>(
        std::clamp(q, static_cast<float>(limits.low), static_cast<float>(limits.high)));
  };
  const kernels::Clamp clamp = ClampOf(activation);
  return {integer(clamp.low), integer(clamp.high)};
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
