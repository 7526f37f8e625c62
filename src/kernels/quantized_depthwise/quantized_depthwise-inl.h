// The depthwise convolution of bytes, a vector of channels at a time. Included, after
// requantize-inl.h, inside the anonymous namespace of a file compiled for one instruction set,
// which has
//
//   Pairs(a, b, count)   the first `count` bytes of two taps as pairs of 16 bits, for each lane
//   AddProducts(sums, pairs, weights)
//
// Taps go in pairs, so that one instruction multiplies and adds both. Packed are, for each vector
// of channels, its head and for each pair of taps the weights of each channel; at the end a row of
// input zeros, which is read where a window reaches over the edge.

struct Starts {
  const std::byte* taps[kMostTaps + 1];
};

// All channels of one output pixel.
template <class X>
void Pixel(const Params& params, const Requantizer& requantizer, const Starts& starts,
           int64_t pairs, const std::byte* packed, std::byte* y) {
  const int64_t channels = params.in_channels;
  const int64_t panel_bytes =
      Int::kLanes * (kPanelHeadBytes + pairs * 2 * static_cast<int64_t>(sizeof(int16_t)));
  for (int64_t c = 0; c < channels; c += Int::kLanes, packed += panel_bytes) {
    const auto* head = reinterpret_cast<const int32_t*>(packed);
    const auto* weights = reinterpret_cast<const int16_t*>(head + 4 * Int::kLanes);
    const int64_t left = channels - c;
    Int sums = Int::Load(head);
    if (left >= Int::kLanes) {
      for (int64_t p = 0; p < pairs; ++p, weights += 2 * Int::kLanes) {
        const auto* a = reinterpret_cast<const X*>(starts.taps[2 * p]) + c;
        const auto* b = reinterpret_cast<const X*>(starts.taps[2 * p + 1]) + c;
        sums = AddProducts(sums, Pairs(a, b), weights);
      }
    } else {
      for (int64_t p = 0; p < pairs; ++p, weights += 2 * Int::kLanes) {
        X a[Int::kLanes] = {}, b[Int::kLanes] = {};
        for (int64_t i = 0; i < left; ++i) {
          a[i] = reinterpret_cast<const X*>(starts.taps[2 * p])[c + i];
          b[i] = reinterpret_cast<const X*>(starts.taps[2 * p + 1])[c + i];
        }
        sums = AddProducts(sums, Pairs(a, b), weights);
      }
    }
    requantizer.Store(sums, head, Int::kLanes, y + c, left);
  }
}

template <class X>
void RunRows(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
             int64_t first, int64_t last) {
  const Window& a = params.window;
  const int64_t channels = params.in_channels;
  const int64_t taps = a.kernel_h * a.kernel_w;
  const int64_t pairs = (taps + 1) / 2;
  const int64_t panels = (channels + Int::kLanes - 1) / Int::kLanes;
  const std::byte* zeros =
      packed +
      panels * Int::kLanes * (kPanelHeadBytes + pairs * 2 * static_cast<int64_t>(sizeof(int16_t)));
  const Requantizer requantizer(params.layer.requantization);
  Starts starts;
  starts.taps[2 * pairs - 1] = zeros;  // of an odd number
  for (int64_t line = first; line < last; ++line) {
    const std::byte* picture = x + line / a.out_h * a.in_h * a.in_w * channels;
    const int64_t row = line % a.out_h * a.stride_h - a.pad_top;
    for (int64_t column = 0; column < a.out_w; ++column) {
      const int64_t left = column * a.stride_w - a.pad_left;
      for (int64_t u = 0; u < a.kernel_h; ++u) {
        const int64_t in_row = row + u * a.dilation_h;
        const bool in_picture = in_row >= 0 && in_row < a.in_h;
        for (int64_t v = 0; v < a.kernel_w; ++v) {
          const int64_t in_column = left + v * a.dilation_w;
          const bool inside = in_picture && in_column >= 0 && in_column < a.in_w;
          starts.taps[u * a.kernel_w + v] =
              inside ? picture + (in_row * a.in_w + in_column) * channels : zeros;
        }
      }
      Pixel<X>(params, requantizer, starts, pairs, packed,
               y + (line * a.out_w + column) * channels);
    }
  }
}

void Run(const Params& params, const std::byte* x, const std::byte* packed, std::byte* y,
         int64_t first, int64_t last) {
  if (params.layer.input == tensor::DType::kUInt8) {
    RunRows<uint8_t>(params, x, packed, y, first, last);
  } else {
    RunRows<int8_t>(params, x, packed, y, first, last);
  }
}
