// ADD and MUL of bytes over a vector Int. Included, after a BytePacker and requantize-inl.h, inside
// the anonymous namespace of a file compiled for one instruction set.
//
// The last dimension is walked in one go: b lies beside a there, or is one number.

// x · factor, rounded as MultiplyDouble does.
class Factor {
 public:
  explicit Factor(FixedPoint factor)
      : multiplier_(Int::Broadcast(factor.multiplier)),
        left_(Int::Broadcast(factor.shift > 0 ? factor.shift : 0)),
        right_(Int::Broadcast(factor.shift < 0 ? -factor.shift : 0)) {}

  Int operator()(Int x) const {
    return DividedByPowerOfTwo<false>(x.ShiftLeft(left_).MultiplyHigh(multiplier_), right_);
  }

 private:
  Int multiplier_, left_, right_;
};

// Each makes the result, without its zero point and clamp.

class Add {
 public:
  static constexpr bool kIsDefault = false;
  explicit Add(const Params& p)
      : a_zero_(Int::Broadcast(p.a_zero)),
        b_zero_(Int::Broadcast(p.b_zero)),
        left_(Int::Broadcast(p.left)),
        a_(p.a_factor),
        b_(p.b_factor),
        y_(p.y_factor) {}
  Int operator()(Int a, Int b) const {
    return y_(a_((a - a_zero_).ShiftLeft(left_)) + b_((b - b_zero_).ShiftLeft(left_)));
  }

 private:
  Int a_zero_, b_zero_, left_;
  Factor a_, b_, y_;
};

// What the zero points make of the products is added with the half.
class AddXnnpack {
 public:
  static constexpr bool kIsDefault = true;
  explicit AddXnnpack(const Params& p)
      : a_(Int::Broadcast(p.a_multiplier)),
        b_(Int::Broadcast(p.b_multiplier)),
        half_(Int::Broadcast((1 << (p.shift - 1)) - p.a_zero * p.a_multiplier -
                             p.b_zero * p.b_multiplier)),
        shift_(Int::Broadcast(p.shift)) {}
  Int operator()(Int a, Int b) const { return (a * a_ + b * b_ + half_).ShiftRight(shift_); }

 private:
  Int a_, b_, half_, shift_;
};

class Mul {
 public:
  static constexpr bool kIsDefault = false;
  explicit Mul(const Params& p)
      : a_zero_(Int::Broadcast(p.a_zero)), b_zero_(Int::Broadcast(p.b_zero)), factor_(p.y_factor) {}
  Int operator()(Int a, Int b) const { return factor_((a - a_zero_) * (b - b_zero_)); }

 private:
  Int a_zero_, b_zero_;
  Factor factor_;
};

// XNNPACK takes scales below 2^8: no product leaves 32 bits.
class MulXnnpack {
 public:
  static constexpr bool kIsDefault = true;
  explicit MulXnnpack(const Params& p)
      : a_zero_(Int::Broadcast(p.a_zero)),
        b_zero_(Int::Broadcast(p.b_zero)),
        scale_(Int::BroadcastReal(p.scale)) {}
  Int operator()(Int a, Int b) const { return ((a - a_zero_) * (b - b_zero_)).Times(scale_); }

 private:
  Int a_zero_, b_zero_, scale_;
};

// Where a row's operand b begins.
class RowsOfB {
 public:
  RowsOfB(const Params& params, const std::byte* b, int64_t row) : params_(params), b_(b) {
    for (int64_t d = kLast; row > 0 && d-- > 0; row /= params.shape[d]) {
      at_[d] = row % params.shape[d];
      b_ += at_[d] * params.b_stride[d];
    }
  }

  const std::byte* b() const { return b_; }

  void Next() {
    for (int64_t d = kLast; d-- > 0;) {
      b_ += params_.b_stride[d];
      if (++at_[d] < params_.shape[d]) return;
      b_ -= at_[d] * params_.b_stride[d];
      at_[d] = 0;
    }
  }

 private:
  static constexpr int kLast = Broadcast::kMostDimensions - 1;
  const Params& params_;
  const std::byte* b_;
  int64_t at_[kLast] = {};
};

template <class Combine>
void RunWith(const Params& params, const std::byte* a, const std::byte* b, std::byte* y,
             int64_t first, int64_t last) {
  constexpr int kLast = Broadcast::kMostDimensions - 1;
  const Combine combine(params);
  const Bytes bytes(params.dtype);
  const BytePacker packer(params.dtype, params.y_zero, params.clamp.low, params.clamp.high);
  constexpr int64_t kAtOnce = 4 * Int::kLanes;
  const Int y_zero = Int::Broadcast(params.y_zero);
  const Int low = Int::Broadcast(params.clamp.low - params.y_zero);
  const Int high = Int::Broadcast(params.clamp.high - params.y_zero);
  const int64_t width = params.shape[kLast];
  const bool beside = params.b_stride[kLast] != 0;
  int64_t column = first % width;
  RowsOfB rows(params, b, first / width);
  for (int64_t i = first; i < last; column = 0, rows.Next()) {
    const std::byte* other = rows.b();
    const int64_t end = last - i < width - column ? last : i + width - column;
    const Int one = bytes.Repeat(*other);
    other += beside ? column : 0;
    if (Combine::kIsDefault && end - i >= kAtOnce) {  // four vectors at once, where speed matters
      while (i < end) {
        // Fewer that are left are computed with some before them, again.
        const int64_t back = end - i < kAtOnce ? kAtOnce - (end - i) : 0;
        i -= back, other -= back;
        Int results[4];
#pragma GCC unroll 4
        for (int v = 0; v < 4; ++v) {
          const Int second = beside ? bytes.Load(other + v * Int::kLanes) : one;
          results[v] = combine(bytes.Load(a + i + v * Int::kLanes), second);
        }
        const auto packed = packer.InOrder(results[0], results[1], results[2], results[3]);
        BytePacker::Store<2 * Int::kLanes, 0>(packed, y + i);
        BytePacker::Store<2 * Int::kLanes, 1>(packed, y + i + 2 * Int::kLanes);
        i += kAtOnce, other += kAtOnce;
      }
    }
    for (; i < end; i += Int::kLanes, other += Int::kLanes) {
      const int64_t count = end - i;
      const Int second = beside ? bytes.Load(other, count) : one;
      const Int result = combine(bytes.Load(a + i, count), second);
      StoreSome(result.Max(low).Min(high) + y_zero, y + i, count);
    }
    i = end;
  }
}

void Run(const Params& params, const std::byte* a, const std::byte* b, std::byte* y, int64_t first,
         int64_t last) {
  switch (params.formula) {
    case Formula::kAdd:
      return RunWith<Add>(params, a, b, y, first, last);
    case Formula::kAddXnnpack:
      return RunWith<AddXnnpack>(params, a, b, y, first, last);
    case Formula::kMul:
      return RunWith<Mul>(params, a, b, y, first, last);
    case Formula::kMulXnnpack:
      return RunWith<MulXnnpack>(params, a, b, y, first, last);
    default:
      return;  // is refused
  }
}
