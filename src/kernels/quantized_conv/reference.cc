// Plain loops: the truth that every faster kernel is tested against.
#include <type_traits>

#include "kernels/quantized_conv/pack.h"

namespace goldcrest::kernels::quantized_conv {
namespace {

// Σ over the window of output pixel (row, column) of picture x for one output channel's filter.
// Sum is the type to sum in.
template <class Sum, class X, class W>
Sum SumOf(const Params& params, const X* x, const W* filter, int64_t row, int64_t column) {
  const Window& a = params.window;
  const int64_t channels = params.in_channels;
  Sum sum = 0;
  for (int64_t u = 0; u < a.kernel_h; ++u) {
    const int64_t y = row * a.stride_h - a.pad_top + u * a.dilation_h;
    if (y < 0 || y >= a.in_h) continue;
    for (int64_t v = 0; v < a.kernel_w; ++v) {
      const int64_t z = column * a.stride_w - a.pad_left + v * a.dilation_w;
      if (z < 0 || z >= a.in_w) continue;
      const X* pixel = x + (y * a.in_w + z) * channels;
      const W* taps = filter + (u * a.kernel_w + v) * channels;
      for (int64_t c = 0; c < channels; ++c) {
        const int32_t product =
            (pixel[c] - params.layer.input_zero) * (taps[c] - params.layer.filter_zero);
        sum += static_cast<Sum>(product);
      }
    }
  }
  return sum;
}

// 32 bits may wrap, so they are summed without a sign.
template <class Sum, class X, class W>
void Run(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
         const Block& block) {
  const Window& a = params.window;
  const PlainWeights weights(params.out_channels, packed);
  const int64_t picture_size = a.in_h * a.in_w * params.in_channels;
  for (int64_t pixel = block.first_pixel; pixel < block.last_pixel; ++pixel) {
    const int64_t row = pixel / a.out_w;
    const X* picture = reinterpret_cast<const X*>(x) + row / a.out_h * picture_size;
    const Requantization& to = params.layer.requantization;
    X* out = reinterpret_cast<X*>(y) + pixel * params.out_channels;
    float* reals = reinterpret_cast<float*>(y) + pixel * params.out_channels;
    for (int64_t o = 0; o < params.out_channels; ++o) {
      const W* filter = reinterpret_cast<const W*>(weights.filter) + o * params.depth();
      Sum sum = SumOf<Sum>(params, picture, filter, row % a.out_h, pixel % a.out_w);
      sum += static_cast<Sum>(weights.bias[o]);
      const auto exact = static_cast<int64_t>(static_cast<std::make_signed_t<Sum>>(sum));
      const Multiplier& m = weights.multipliers[o];
      if (to.rounding == Rounding::kToReals) {
        reals[o] = ToReal(to.reals, m, static_cast<int32_t>(exact));
      } else {
        out[o] = static_cast<X>(Requantize(to, m, exact));
      }
    }
  }
}

}  // namespace

int64_t ReferenceWidth(const Params& params) { return params.out_channels; }

int64_t ReferencePackedBytes(const Params& params) {
  return PlainWeights::Bytes(params.out_channels, params.out_channels * params.depth());
}

void PackReference(const Params& params, const QuantizedWeights& weights, std::byte* packed) {
  PlainWeights::Pack(params.out_channels, weights, packed);
}

void RunReference(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
                  const Block& block) noexcept {
  if (params.layer.input == tensor::DType::kInt16) {
    return Run<uint64_t, int16_t, int8_t>(params, x, packed, y, block);
  }
  const bool byte_input = params.layer.input == tensor::DType::kUInt8;
  const bool byte_filter = params.layer.filter == tensor::DType::kUInt8;
  const auto run =
      byte_input    ? byte_filter ? Run<uint32_t, uint8_t, uint8_t> : Run<uint32_t, uint8_t, int8_t>
         : byte_filter ? Run<uint32_t, int8_t, uint8_t>
                    : Run<uint32_t, int8_t, int8_t>;
  run(params, x, packed, y, block);
}

}  // namespace goldcrest::kernels::quantized_conv
