// Plain loops: the truth that every faster kernel is tested against.
#include <type_traits>

#include "kernels/quantized_depthwise/quantized_depthwise.h"

namespace goldcrest::kernels::quantized_depthwise {
namespace {

// Σ over the window of output pixel (row, column) of picture x for output channel `channel`. Sum is
// the type to sum in: 32 bits may wrap, so they are summed without a sign.
template <class Sum, class X, class W>
Sum SumOf(const Params& params, const X* x, const W* filter, int64_t row, int64_t column,
          int64_t channel) {
  const Window& a = params.window;
  Sum sum = 0;
  for (int64_t u = 0; u < a.kernel_h; ++u) {
    const int64_t y = row * a.stride_h - a.pad_top + u * a.dilation_h;
    if (y < 0 || y >= a.in_h) continue;
    for (int64_t v = 0; v < a.kernel_w; ++v) {
      const int64_t z = column * a.stride_w - a.pad_left + v * a.dilation_w;
      if (z < 0 || z >= a.in_w) continue;
      const X input = x[(y * a.in_w + z) * params.in_channels + channel / params.multiplier];
      const W weight = filter[(u * a.kernel_w + v) * params.out_channels() + channel];
      const int32_t product =
          (input - params.layer.input_zero) * (weight - params.layer.filter_zero);
      sum += static_cast<Sum>(product);
    }
  }
  return sum;
}

template <class Sum, class X, class W>
void Run(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
         int64_t first, int64_t last) {
  const Window& a = params.window;
  const int64_t channels = params.out_channels();
  const PlainWeights weights(channels, packed);
  const auto* filter = reinterpret_cast<const W*>(weights.filter);
  Requantization rest = params.layer.requantization;
  rest.rounding = Rounding::kDouble;
  for (int64_t line = first; line < last; ++line) {
    const X* picture =
        reinterpret_cast<const X*>(x) + line / a.out_h * a.in_h * a.in_w * params.in_channels;
    X* out = reinterpret_cast<X*>(y) + line * a.out_w * channels;
    for (int64_t column = 0; column < a.out_w; ++column) {
      for (int64_t o = 0; o < channels; ++o) {
        Sum sum = SumOf<Sum>(params, picture, filter, line % a.out_h, column, o);
        sum += static_cast<Sum>(weights.bias[o]);
        const auto exact = static_cast<int64_t>(static_cast<std::make_signed_t<Sum>>(sum));
        const Requantization& how = o < params.rest() ? params.layer.requantization : rest;
        *out++ = static_cast<X>(Requantize(how, weights.multipliers[o], exact));
      }
    }
  }
}

}  // namespace

void RunReference(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                  int64_t first, int64_t last) noexcept {
  if (params.layer.input == tensor::DType::kInt16) {
    return Run<uint64_t, int16_t, int8_t>(params, x, packed, y, first, last);
  }
  const bool byte_input = params.layer.input == tensor::DType::kUInt8;
  const bool byte_filter = params.layer.filter == tensor::DType::kUInt8;
  const auto run =
      byte_input    ? byte_filter ? Run<uint32_t, uint8_t, uint8_t> : Run<uint32_t, uint8_t, int8_t>
         : byte_filter ? Run<uint32_t, int8_t, uint8_t>
                    : Run<uint32_t, int8_t, int8_t>;
  run(params, x, packed, y, first, last);
}

}  // namespace goldcrest::kernels::quantized_depthwise
