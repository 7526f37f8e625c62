// The mean of bytes over a vector Int. Included, after requantize-inl.h and bytes-inl.h, inside the
// anonymous namespace of a file compiled for one instruction set.

class Finish {
 public:
  explicit Finish(const Params& p)
      : xnnpack_(p.xnnpack),
        offset_(Int::Broadcast(p.offset)),
        zero_(Int::Broadcast(p.y_zero)),
        low_(Int::Broadcast(p.clamp.low - p.y_zero)),
        high_(Int::Broadcast(p.clamp.high - p.y_zero)),
        multiplier_(Int::Broadcast(p.factor.multiplier)),
        left_(Int::Broadcast(p.factor.shift > 0 ? p.factor.shift : 0)),
        right_(Int::Broadcast(p.factor.shift < 0 ? -p.factor.shift : 0)),
        scale_(Int::Broadcast(__builtin_bit_cast(int32_t, p.scale))),
        shift_(Int::Broadcast(__builtin_bit_cast(int32_t, p.shift))) {}

  Int operator()(Int sum, bool up) const {
    const Int s = sum - offset_;
    if (xnnpack_) return s.TimesPlus(scale_, shift_, low_, high_);
    const Int product = s.ShiftLeft(left_).MultiplyHigh(multiplier_);
    const Int y = up ? DividedByPowerOfTwo<true>(product, right_)
                     : DividedByPowerOfTwo<false>(product, right_);
    return y.Max(low_).Min(high_) + zero_;
  }

 private:
  bool xnnpack_;
  Int offset_, zero_, low_, high_, multiplier_, left_, right_, scale_, shift_;
};

void Run(const Params& params, const std::byte* x, std::byte* y, int64_t first, int64_t last) {
  const Bytes bytes(params.dtype);
  const Finish finish(params);
  for (int64_t at = first; at < last;) {
    const int64_t i = at % params.inner;
    // A vector does not go beyond a row, nor beyond what is rounded up.
    const int64_t row_end = i < params.up ? params.up : params.inner;
    int64_t count = row_end - i < last - at ? row_end - i : last - at;
    count = count < Int::kLanes ? count : Int::kLanes;
    const std::byte* from = x + at / params.inner * params.reduced * params.inner + i;
    Int sum = Int::Broadcast(0);
    for (int64_t r = 0; r < params.reduced; ++r) {
      sum = sum + bytes.Load(from + r * params.inner, count);
    }
    StoreSome(finish(sum, i < params.up), y + at, count);
    at += count;
  }
}
