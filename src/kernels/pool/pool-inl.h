// Pooling over a vector type Vec. Included inside the anonymous namespace of a file compiled for
// one instruction set.

struct Average {
  static constexpr float kStart = 0;
  static Vec Join(Vec a, Vec b) { return a + b; }
  static Vec Finish(Vec sum, int64_t pixels) {
    return sum / Vec::Broadcast(static_cast<float>(pixels));
  }
};

struct Largest {
  static constexpr float kStart = -3.40282347e+38F;  // the lowest float
  static Vec Join(Vec a, Vec b) { return a.Max(b); }
  static Vec Finish(Vec largest, int64_t) { return largest; }
};

// Rows and columns of a picture.
struct Part {
  int64_t first_y, last_y, first_x, last_x;
};

// `count` channels over the pixels of `part`; the windows' rows are joined one by one.
template <class Reduce>
Vec Join(const Params& params, const Part& part, const float* picture, int64_t count) {
  Vec all = Vec::Broadcast(Reduce::kStart);
  for (int64_t y = part.first_y; y < part.last_y; ++y) {
    const float* row = picture + y * params.window.in_w * params.channels;
    Vec joined = Vec::Broadcast(Reduce::kStart);
    if (count == Vec::kLanes) {
      for (int64_t x = part.first_x; x < part.last_x; ++x) {
        joined = Reduce::Join(joined, Vec::Load(row + x * params.channels));
      }
    } else {
      for (int64_t x = part.first_x; x < part.last_x; ++x) {
        joined = Reduce::Join(joined, Vec::LoadPartial(row + x * params.channels, count));
      }
    }
    all = Reduce::Join(all, joined);
  }
  return Reduce::Finish(all, (part.last_y - part.first_y) * (part.last_x - part.first_x));
}

template <class Reduce>
void RunKind(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  const Window& a = params.window;
  const Vec low = Vec::Broadcast(params.clamp.low);
  const Vec high = Vec::Broadcast(params.clamp.high);
  for (int64_t row = first; row < last; ++row) {
    const float* picture = x + row / a.out_h * a.in_h * a.in_w * params.channels;
    const int64_t top = row % a.out_h * a.stride_h - a.pad_top;
    Part part = {top > 0 ? top : 0, top + a.kernel_h < a.in_h ? top + a.kernel_h : a.in_h, 0, 0};
    for (int64_t column = 0; column < a.out_w; ++column) {
      const int64_t left = column * a.stride_w - a.pad_left;
      part.first_x = left > 0 ? left : 0;
      part.last_x = left + a.kernel_w < a.in_w ? left + a.kernel_w : a.in_w;
      float* pixel = y + (row * a.out_w + column) * params.channels;
      int64_t c = 0;
      for (; c + Vec::kLanes <= params.channels; c += Vec::kLanes) {
        Join<Reduce>(params, part, picture + c, Vec::kLanes).ClampTo(low, high).Store(pixel + c);
      }
      const int64_t count = params.channels - c;
      if (count == 0) continue;
      Join<Reduce>(params, part, picture + c, count)
          .ClampTo(low, high)
          .StorePartial(pixel + c, count);
    }
  }
}

void Run(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  if (params.kind == Kind::kAverage) {
    RunKind<Average>(params, x, y, first, last);
  } else {
    RunKind<Largest>(params, x, y, first, last);
  }
}
