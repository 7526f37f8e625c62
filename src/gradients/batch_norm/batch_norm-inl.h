// Batch normalization over a vector type Vec. Included inside the anonymous namespace of a file
// compiled for one instruction set.
//
// Pixels go by in the order of memory, four at a time, and every channel's sums wait in the nearest
// cache. They are floats for a few pixels only, and then join the sums in double.

constexpr int64_t kRows = 4;
constexpr int64_t kFloatPixels = 64;

// All vectors of a pixel's channels: body(first channel, load, store), the last being partial.
template <class Body>
void ForVectors(int64_t channels, const Body& body) {
  int64_t c = 0;
  for (; c + Vec::kLanes <= channels; c += Vec::kLanes) {
    body(c, [](const float* p) { return Vec::Load(p); }, [](Vec v, float* p) { v.Store(p); });
  }
  const int64_t left = channels - c;
  if (left == 0) return;
  body(
      c, [left](const float* p) { return Vec::LoadPartial(p, left); },
      [left](Vec v, float* p) { v.StorePartial(p, left); });
}

// add(load, pixel offset, a, b) of all pixels, a and b being sums of which the two halves of `sums`
// are made.
template <class Add>
void SumPixels(int64_t channels, int64_t pixels, double* sums, const Add& add) {
  float partial[2 * kMostChannels];
  for (int64_t i = 0; i < 2 * channels; ++i) sums[i] = 0;
  for (int64_t first = 0; first < pixels; first += kFloatPixels) {
    const int64_t end = first + kFloatPixels;
    const int64_t last = end < pixels ? end : pixels;
    for (int64_t i = 0; i < 2 * channels; ++i) partial[i] = 0;
    for (int64_t p = first; p < last; p += kRows) {
      const int64_t rows = p + kRows < last ? kRows : last - p;
      ForVectors(channels, [&](int64_t c, auto load, auto store) {
        Vec a = load(partial + c);
        Vec b = load(partial + channels + c);
        const auto of_channels = add(load, c);
        if (rows == kRows) {
#pragma GCC unroll 4
          for (int64_t r = 0; r < kRows; ++r) of_channels((p + r) * channels + c, a, b);
        } else {
          for (int64_t r = 0; r < rows; ++r) of_channels((p + r) * channels + c, a, b);
        }
        store(a, partial + c);
        store(b, partial + channels + c);
      });
    }
    for (int64_t i = 0; i < 2 * channels; ++i) sums[i] += static_cast<double>(partial[i]);
  }
}

// The gradient that passes the activation.
struct Gate {
  Vec low, high, zero;
  explicit Gate(const Params& params)
      : low(Vec::Broadcast(params.clamp.low)),
        high(Vec::Broadcast(params.clamp.high)),
        zero(Vec::Broadcast(0)) {}
  Vec operator()(Vec x, Vec scale, Vec shift, Vec dy) const {
    const Vec y = shift.MulAdd(x, scale);
    return Vec::IfLess(low, y, Vec::IfLess(y, high, dy, zero), zero);
  }
};

void Moments(const Params& params, const float* x, const float* pivot, int64_t pixels,
             double* sums) noexcept {
  SumPixels(params.channels, pixels, sums, [&](auto load, int64_t c) {
    const Vec center = load(pivot + c);
    return [=](int64_t at, Vec& a, Vec& b) {
      const Vec d = load(x + at) - center;
      a = a + d;
      b = b.MulAdd(d, d);
    };
  });
}

void Apply(const Params& params, const float* x, const float* scale, const float* shift,
           int64_t pixels, float* y) noexcept {
  const Vec low = Vec::Broadcast(params.clamp.low);
  const Vec high = Vec::Broadcast(params.clamp.high);
  const int64_t channels = params.channels;
  for (int64_t p = 0; p < pixels; ++p) {
    ForVectors(channels, [&](int64_t c, auto load, auto store) {
      const int64_t at = p * channels + c;
      store(load(shift + c).MulAdd(load(x + at), load(scale + c)).ClampTo(low, high), y + at);
    });
  }
}

void GradientSums(const Params& params, const float* x, const float* dy, const float* scale,
                  const float* shift, const float* pivot, int64_t pixels, double* sums) noexcept {
  const Gate gate(params);
  SumPixels(params.channels, pixels, sums, [&](auto load, int64_t c) {
    const Vec s = load(scale + c);
    const Vec t = load(shift + c);
    const Vec center = load(pivot + c);
    return [=](int64_t at, Vec& a, Vec& b) {
      const Vec input = load(x + at);
      const Vec g = gate(input, s, t, load(dy + at));
      a = a + g;
      b = b.MulAdd(g, input - center);
    };
  });
}

void Gradient(const Params& params, const float* x, const float* dy, const float* scale,
              const float* shift, const float* by_x, const float* offset, int64_t pixels,
              float* dx) noexcept {
  const Gate gate(params);
  const int64_t channels = params.channels;
  for (int64_t p = 0; p < pixels; ++p) {
    ForVectors(channels, [&](int64_t c, auto load, auto store) {
      const int64_t at = p * channels + c;
      const Vec input = load(x + at);
      const Vec s = load(scale + c);
      const Vec g = gate(input, s, load(shift + c), load(dy + at));
      store(load(offset + c).MulAdd(g, s).MulAdd(input, load(by_x + c)), dx + at);
    });
  }
}
