// Unary functions over a vector type Vec. Included, after exp-inl.h, inside the anonymous namespace
// of a file compiled for one instruction set.

struct ClampFunction {
  Vec low, high;
  Vec operator()(Vec x) const { return x.ClampTo(low, high); }
};

struct HardSwishFunction {
  Vec operator()(Vec x) const {
    const Vec gate = (x + Vec::Broadcast(3)).ClampTo(Vec::Broadcast(0), Vec::Broadcast(6));
    return x * Vec::Broadcast(1.0F / 6) * gate;
  }
};

struct LogisticFunction {
  Vec operator()(Vec x) const {
    const Vec one = Vec::Broadcast(1);
    return one / (one + Exp(Vec::Broadcast(0) - x));
  }
};

// 1 − 2 / (exp(2x) + 1); near 0, where that cancels, the polynomial of Cephes' tanhf.
struct TanhFunction {
  Vec operator()(Vec x) const {
    const Vec one = Vec::Broadcast(1);
    const Vec far = one - Vec::Broadcast(2) / (Exp(x + x) + one);
    const Vec square = x * x;
    Vec p = Vec::Broadcast(-5.70498872745e-3F);
    p = Vec::Broadcast(2.06390887954e-2F).MulAdd(p, square);
    p = Vec::Broadcast(-5.37397155531e-2F).MulAdd(p, square);
    p = Vec::Broadcast(1.33314422036e-1F).MulAdd(p, square);
    p = Vec::Broadcast(-3.33332819422e-1F).MulAdd(p, square);
    const Vec near = x.MulAdd(p, square * x);
    return Vec::IfLess(square, Vec::Broadcast(0.625F * 0.625F), near, far);
  }
};

struct LeakyReluFunction {
  Vec alpha;
  Vec operator()(Vec x) const { return Vec::IfLess(Vec::Broadcast(0), x, x, alpha * x); }
};

template <class Function>
void Map(const Function& function, const float* x, float* y, int64_t first, int64_t last) {
  int64_t i = first;
  for (; i + Vec::kLanes <= last; i += Vec::kLanes) function(Vec::Load(x + i)).Store(y + i);
  if (i < last) function(Vec::LoadPartial(x + i, last - i)).StorePartial(y + i, last - i);
}

void Run(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  switch (params.function) {
    case Function::kClamp: {
      const ClampFunction clamp{Vec::Broadcast(params.clamp.low),
                                Vec::Broadcast(params.clamp.high)};
      return Map(clamp, x, y, first, last);
    }
    case Function::kHardSwish:
      return Map(HardSwishFunction(), x, y, first, last);
    case Function::kLogistic:
      return Map(LogisticFunction(), x, y, first, last);
    case Function::kTanh:
      return Map(TanhFunction(), x, y, first, last);
    case Function::kLeakyRelu:
      return Map(LeakyReluFunction{Vec::Broadcast(params.alpha)}, x, y, first, last);
  }
}
