// ADD and MUL of bytes over a vector Int. Included, after requantize-inl.h, inside the anonymous
// namespace of a file compiled for one instruction set.
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

// Each makes the result, without its zero point, of operands without theirs.

class Add {
 public:
  explicit Add(const Params& p)
      : left_(Int::Broadcast(p.left)), a_(p.a_factor), b_(p.b_factor), y_(p.y_factor) {}
  Int operator()(Int a, Int b) const { return y_(a_(a.ShiftLeft(left_)) + b_(b.ShiftLeft(left_))); }

 private:
  Int left_;
  Factor a_, b_, y_;
};

class AddXnnpack {
 public:
  explicit AddXnnpack(const Params& p)
      : a_(Int::Broadcast(p.a_multiplier)),
        b_(Int::Broadcast(p.b_multiplier)),
        half_(Int::Broadcast(1 << (p.shift - 1))),
        shift_(Int::Broadcast(p.shift)) {}
  Int operator()(Int a, Int b) const { return (a * a_ + b * b_ + half_).ShiftRight(shift_); }

 private:
  Int a_, b_, half_, shift_;
};

class Mul {
 public:
  explicit Mul(const Params& p) : factor_(p.y_factor) {}
  Int operator()(Int a, Int b) const { return factor_(a * b); }

 private:
  Factor factor_;
};

class MulXnnpack {
 public:
  explicit MulXnnpack(const Params& p)
      : low_(Int::Broadcast(p.clamp.low - p.y_zero)),
        high_(Int::Broadcast(p.clamp.high - p.y_zero)),
        scale_(Int::Broadcast(__builtin_bit_cast(int32_t, p.scale))) {}
  Int operator()(Int a, Int b) const { return (a * b).Times(scale_, low_, high_); }

 private:
  Int low_, high_, scale_;
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
  const Int a_zero = Int::Broadcast(params.a_zero);
  const Int b_zero = Int::Broadcast(params.b_zero);
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
    for (; i < end; i += Int::kLanes, other += Int::kLanes) {
      const int64_t count = end - i;
      const Int second = (beside ? bytes.Load(other, count) : one) - b_zero;
      const Int result = combine(bytes.Load(a + i, count) - a_zero, second);
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
  }
}
