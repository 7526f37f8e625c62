#include "formats/onnx/window.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace goldcrest::formats::onnx {
namespace {

constexpr int64_t kLargestSide = std::numeric_limits<int32_t>::max();

Result<std::pair<int64_t, int64_t>> TwoNumbers(const NodeContext& c, std::string_view name,
                                               int64_t least, std::vector<int64_t> otherwise) {
  GOLDCREST_TRY(const auto numbers, c.attributes().Integers(name, std::move(otherwise)));
  if (numbers.size() != 2) {
    return Fail(ErrorCode::kUnsupported, "the attribute '", name, "' is ",
                tensor::ToString(numbers), "; two numbers, of height and width, are read");
  }
  for (int64_t n : numbers) {
    if (n < least || n > kLargestSide) return Invalid("the attribute '", name, "' has ", n);
  }
  return std::pair(numbers[0], numbers[1]);
}

// What SAME_LOWER puts before and behind a side: the odd one before.
Result<std::pair<int64_t, int64_t>> LowerPadding(int64_t size, int64_t kernel, int64_t stride,
                                                 int64_t dilation) {
  if (size < 0) {
    return Fail(ErrorCode::kUnsupported,
                "its padding depends on the picture's size; state it with --input-shapes");
  }
  const int64_t span = (kernel - 1) * dilation + 1;
  const int64_t total =
      std::max<int64_t>(((size + stride - 1) / stride - 1) * stride + span - size, 0);
  return std::pair(total - total / 2, total / 2);
}

Result<graph::Padding> PaddingOfWindow(const NodeContext& c, const Window& window, int64_t h,
                                       int64_t w) {
  GOLDCREST_TRY(const std::string automatic, c.attributes().Text("auto_pad", "NOTSET"));
  graph::Padding padding{graph::PaddingKind::kExplicit};
  if (automatic == "VALID") return padding;
  if (automatic == "SAME_UPPER") return graph::Padding{graph::PaddingKind::kSame};
  if (automatic == "SAME_LOWER") {
    GOLDCREST_TRY(const auto rows,
                  LowerPadding(h, window.kernel_h, window.stride_h, window.dilation_h));
    GOLDCREST_TRY(const auto columns,
                  LowerPadding(w, window.kernel_w, window.stride_w, window.dilation_w));
    std::tie(padding.top, padding.bottom) = rows;
    std::tie(padding.left, padding.right) = columns;
    return padding;
  }
  if (automatic != "NOTSET") return Invalid("the attribute 'auto_pad' is '", automatic, "'");
  GOLDCREST_TRY(const auto pads, c.attributes().Integers("pads", {0, 0, 0, 0}));
  if (pads.size() != 4) {
    return Fail(ErrorCode::kUnsupported, "the attribute 'pads' is ", tensor::ToString(pads),
                "; four numbers are read");
  }
  for (int64_t n : pads) {
    if (n < 0 || n > kLargestSide) return Invalid("has a padding of ", n);
  }
  padding.top = pads[0];
  padding.left = pads[1];
  padding.bottom = pads[2];
  padding.right = pads[3];
  return padding;
}

// Whether these zeros are what SAME puts around a side, whatever its size.
bool IsAlwaysSame(int64_t kernel, int64_t stride, int64_t dilation, int64_t before, int64_t after) {
  const int64_t total = (kernel - 1) * dilation;
  return stride == 1 && before == total / 2 && after == total - total / 2;
}

}  // namespace

Result<Window> WindowOf(const NodeContext& c, int64_t kernel_h, int64_t kernel_w, int64_t h,
                        int64_t w) {
  Window window;
  const bool stated = c.attributes().Has("kernel_shape");
  if (!stated && kernel_h == 0) return Invalid("has no 'kernel_shape'");
  GOLDCREST_TRY(const auto kernel, TwoNumbers(c, "kernel_shape", 1, {kernel_h, kernel_w}));
  if (kernel_h != 0 && kernel != std::pair(kernel_h, kernel_w)) {
    return Invalid("the attribute 'kernel_shape' is not that of the weights");
  }
  GOLDCREST_TRY(const auto strides, TwoNumbers(c, "strides", 1, {1, 1}));
  GOLDCREST_TRY(const auto dilations, TwoNumbers(c, "dilations", 1, {1, 1}));
  std::tie(window.kernel_h, window.kernel_w) = kernel;
  std::tie(window.stride_h, window.stride_w) = strides;
  std::tie(window.dilation_h, window.dilation_w) = dilations;
  GOLDCREST_TRY(window.padding, PaddingOfWindow(c, window, h, w));
  return window;
}

graph::ConvolutionAttributes ConvolutionOf(const Window& window) {
  graph::ConvolutionAttributes op;
  op.stride_h = window.stride_h;
  op.stride_w = window.stride_w;
  op.dilation_h = window.dilation_h;
  op.dilation_w = window.dilation_w;
  const graph::Padding& p = window.padding;
  op.padding = p;
  if (p.kind == graph::PaddingKind::kSame) return op;
  if (p.top == 0 && p.bottom == 0 && p.left == 0 && p.right == 0) {
    op.padding = {graph::PaddingKind::kValid};
  } else if (IsAlwaysSame(window.kernel_h, window.stride_h, window.dilation_h, p.top, p.bottom) &&
             IsAlwaysSame(window.kernel_w, window.stride_w, window.dilation_w, p.left, p.right)) {
    op.padding = {graph::PaddingKind::kSame};
  }
  return op;
}

int64_t OutputSize(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                   int64_t after, bool ceil_mode) {
  const int64_t room = size + before + after - (kernel - 1) * dilation - 1;
  if (room < 0) return 0;
  int64_t count = room / stride + 1;
  if (ceil_mode && room % stride != 0 && count * stride < size + before) ++count;
  return count;
}

}  // namespace goldcrest::formats::onnx
