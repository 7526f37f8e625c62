// The depthwise convolution over a vector type Vec, several filters a channel. Included inside the
// anonymous namespace of a file compiled for one instruction set.
//
// A vector is of output channels; its inputs are loaded together and each repeated for the channels
// that read it.

void RunMultiplied(const Params& params, const float* x, const float* w, const float* bias,
                   float* y, int64_t first, int64_t last) {
  const Window& a = params.window;
  const int64_t m = params.multiplier;
  const int64_t channels = params.in_channels * m;
  const Vec low = Vec::Broadcast(params.clamp.low);
  const Vec high = Vec::Broadcast(params.clamp.high);
  for (int64_t c = 0; c < channels; c += Vec::kLanes) {
    const int64_t count = channels - c < Vec::kLanes ? channels - c : Vec::kLanes;
    const int64_t first_input = c / m;
    const int64_t inputs = (c + count - 1) / m - first_input + 1;
    int32_t sources[Vec::kLanes];
    for (int64_t i = 0; i < Vec::kLanes; ++i) {
      sources[i] = i < count ? static_cast<int32_t>((c + i) / m - first_input) : 0;
    }
    const Vec::Lanes lanes = Vec::LoadLanes(sources);
    const Vec start = bias != nullptr ? Vec::LoadPartial(bias + c, count) : Vec::Broadcast(0);
    for (int64_t row = first; row < last; ++row) {
      const float* picture = x + row / a.out_h * a.in_h * a.in_w * params.in_channels + first_input;
      const int64_t top = row % a.out_h * a.stride_h - a.pad_top;
      for (int64_t column = 0; column < a.out_w; ++column) {
        const int64_t left = column * a.stride_w - a.pad_left;
        Vec sum = start;
        for (int64_t u = 0; u < a.kernel_h; ++u) {
          const int64_t in_y = top + u * a.dilation_h;
          if (in_y < 0 || in_y >= a.in_h) continue;
          for (int64_t v = 0; v < a.kernel_w; ++v) {
            const int64_t in_x = left + v * a.dilation_w;
            if (in_x < 0 || in_x >= a.in_w) continue;
            const float* pixel = picture + (in_y * a.in_w + in_x) * params.in_channels;
            const float* weights = w + (u * a.kernel_w + v) * channels + c;
            sum = sum.MulAdd(Vec::LoadPartial(pixel, inputs).Select(lanes),
                             Vec::LoadPartial(weights, count));
          }
        }
        sum.ClampTo(low, high).StorePartial(y + (row * a.out_w + column) * channels + c, count);
      }
    }
  }
}
