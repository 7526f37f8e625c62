// Activations quantized as they come, over vectors Vec and Int. Included, after those and
// bytes-inl.h, inside the anonymous namespace of a file compiled for one instruction set, which has
// Truncated (of floats, as integers) and Floats (of integers, as floats).

Range RangeOf(const float* x, int64_t count) {
  constexpr int kVectors = 4;
  Vec least[kVectors], greatest[kVectors];
  for (int v = 0; v < kVectors; ++v) least[v] = greatest[v] = Vec::Broadcast(0);
  auto take = [&](Vec a, int v) {
    least[v] = least[v].Min(a);
    greatest[v] = greatest[v].Max(a);
  };
  int64_t i = 0;
  for (; i + kVectors * Vec::kLanes <= count; i += kVectors * Vec::kLanes) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) take(Vec::Load(x + i + v * Vec::kLanes), v);
  }
  for (; i < count; i += Vec::kLanes) {
    const int64_t left = count - i;
    take(Vec::LoadPartial(x + i, left < Vec::kLanes ? left : Vec::kLanes), 0);
  }
  for (int v = 1; v < kVectors; ++v) {
    least[0] = least[0].Min(least[v]);
    greatest[0] = greatest[0].Max(greatest[v]);
  }
  float lows[Vec::kLanes], highs[Vec::kLanes];
  least[0].Store(lows);
  greatest[0].Store(highs);
  Range range;
  for (int lane = 0; lane < Vec::kLanes; ++lane) {
    if (lows[lane] < range.least) range.least = lows[lane];
    if (highs[lane] > range.greatest) range.greatest = highs[lane];
  }
  return range;
}

// To steps, less the zero point.
struct Quantizer {
  explicit Quantizer(const Steps& steps)
      : inverse(Vec::Broadcast(steps.inverse)),
        low(Vec::Broadcast(static_cast<float>(steps.low - steps.zero))),
        high(Vec::Broadcast(static_cast<float>(127 - steps.zero))) {}

  // Halves away from zero: the largest float below a half is added, and the rest cut off.
  Int operator()(Vec x) const {
    const Vec q = high.Min(low.Max(x * inverse));
    return Truncated(q + Vec::Broadcast(0.49999997F).WithSignOf(q));
  }

  Vec inverse, low, high;
};

void QuantizeAll(const Steps& steps, const float* x, int64_t count, std::byte* q) {
  const Quantizer quantizer(steps);
  const Int zero = Int::Broadcast(steps.zero);
  for (int64_t i = 0; i < count; i += Int::kLanes) {
    const int64_t left = count - i;
    if (left >= Int::kLanes) {
      (quantizer(Vec::Load(x + i)) + zero).StoreBytes(q + i);
    } else {
      StoreSome(quantizer(Vec::LoadPartial(x + i, left)) + zero, q + i, left);
    }
  }
}

void CentreAll(const Steps& steps, const float* x, int64_t count, float* q) {
  const Quantizer quantizer(steps);
  for (int64_t i = 0; i < count; i += Int::kLanes) {
    const int64_t left = count - i;
    if (left >= Int::kLanes) {
      Floats(quantizer(Vec::Load(x + i))).Store(q + i);
    } else {
      Floats(quantizer(Vec::LoadPartial(x + i, left))).StorePartial(q + i, left);
    }
  }
}

void ToRealsAll(const Reals& out, const Channels& channels, int64_t pixels, float* y) {
  const Vec low = Vec::Broadcast(out.clamp.low), high = Vec::Broadcast(out.clamp.high);
  const Vec first = Vec::Broadcast(out.first), second = Vec::Broadcast(out.second);
  for (int64_t pixel = 0; pixel < pixels; ++pixel, y += channels.count) {
    int64_t c = 0;
    for (; c + Vec::kLanes <= channels.count; c += Vec::kLanes) {
      const Vec scaled = Vec::Load(y + c) * (Vec::Load(channels.scales + c) * first) * second;
      (scaled + Vec::Load(channels.biases + c)).ClampTo(low, high).Store(y + c);
    }
    if (c == channels.count) continue;
    const int64_t left = channels.count - c;
    const Vec scale = Vec::LoadPartial(channels.scales + c, left) * first;
    const Vec scaled = Vec::LoadPartial(y + c, left) * scale * second;
    const Vec sum = scaled + Vec::LoadPartial(channels.biases + c, left);
    sum.ClampTo(low, high).StorePartial(y + c, left);
  }
}
