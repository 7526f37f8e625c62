// Pooling of bytes over a vector Int. Included, after bytes-inl.h, inside the anonymous namespace
// of a file compiled for one instruction set.

struct Average {
  static constexpr int32_t kStart = 0;
  static Int Join(Int a, Int b) { return a + b; }
  // To nearest, half away from zero.
  static Int Finish(Int sum, int64_t pixels) {
    const auto half = static_cast<int32_t>(pixels / 2);
    const Int positive = Int::IfGreater(sum, Int::Broadcast(0));
    const Int moved = sum - Int::Broadcast(half) + (Int::Broadcast(2 * half) & positive);
    return moved.Quotient(Int::Broadcast(static_cast<int32_t>(pixels)));
  }
};

struct Largest {
  static constexpr int32_t kStart = -1 << 30;
  static Int Join(Int a, Int b) { return a.Max(b); }
  static Int Finish(Int largest, int64_t) { return largest; }
};

// Rows and columns of a picture.
struct Part {
  int64_t first_y, last_y, first_x, last_x;
};

// `count` channels over the pixels of `part`.
template <class Reduce>
Int Join(const Params& params, const Bytes& bytes, const Part& part, const std::byte* picture,
         int64_t count) {
  Int all = Int::Broadcast(Reduce::kStart);
  for (int64_t y = part.first_y; y < part.last_y; ++y) {
    const std::byte* row = picture + y * params.window.in_w * params.channels;
    for (int64_t x = part.first_x; x < part.last_x; ++x) {
      all = Reduce::Join(all, bytes.Load(row + x * params.channels, count));
    }
  }
  return Reduce::Finish(all, (part.last_y - part.first_y) * (part.last_x - part.first_x));
}

template <class Reduce>
void RunKind(const Params& params, const std::byte* x, std::byte* y, int64_t first, int64_t last) {
  const Window& a = params.window;
  const Bytes bytes(params.dtype);
  const Int low = Int::Broadcast(params.clamp.low);
  const Int high = Int::Broadcast(params.clamp.high);
  for (int64_t row = first; row < last; ++row) {
    const std::byte* picture = x + row / a.out_h * a.in_h * a.in_w * params.channels;
    const int64_t top = row % a.out_h * a.stride_h - a.pad_top;
    Part part = {top > 0 ? top : 0, top + a.kernel_h < a.in_h ? top + a.kernel_h : a.in_h, 0, 0};
    for (int64_t column = 0; column < a.out_w; ++column) {
      const int64_t left = column * a.stride_w - a.pad_left;
      part.first_x = left > 0 ? left : 0;
      part.last_x = left + a.kernel_w < a.in_w ? left + a.kernel_w : a.in_w;
      std::byte* pixel = y + (row * a.out_w + column) * params.channels;
      for (int64_t c = 0; c < params.channels; c += Int::kLanes) {
        const int64_t count = params.channels - c;
        const Int joined = Join<Reduce>(params, bytes, part, picture + c, count);
        StoreSome(joined.Max(low).Min(high), pixel + c, count);
      }
    }
  }
}

void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first, int64_t last) {
  if (params.kind == Kind::kAverage) {
    RunKind<Average>(params, x, y, first, last);
  } else {
    RunKind<Largest>(params, x, y, first, last);
  }
}
