// Requantization of a vector Int of sums, each of a channel of its own. Included inside the
// anonymous namespace of a file compiled for one instruction set, after that of Int and
// bytes-inl.h.

// x / 2^count to nearest; the half goes up, or away from zero.
template <bool kUp>
Int DividedByPowerOfTwo(Int x, Int count) {
  const Int one = Int::Broadcast(1);
  const Int mask = one.ShiftLeft(count) - one;
  Int threshold = mask.ShiftRight(one);
  if constexpr (!kUp) threshold = threshold - Int::IfGreater(Int::Broadcast(0), x);
  return x.ShiftRight(count) - Int::IfGreater(x & mask, threshold);
}

// What a panel says of one vector of its channels lies `width` elements apart: bias, scale,
// multiplier, shift.
class Requantizer {
 public:
  explicit Requantizer(const Requantization& out)
      : rounding_(out.rounding),
        zero_(Int::Broadcast(out.zero_point)),
        low_(Int::Broadcast(out.low - out.zero_point)),
        high_(Int::Broadcast(out.high - out.zero_point)) {}

  // The bytes of the first `count` lanes; `head` is their bias.
  void Store(Int sum, const int32_t* head, int64_t width, std::byte* y, int64_t count) const {
    const Int result = Scaled(sum, head, width).Max(low_).Min(high_) + zero_;
    StoreSome(result, y, count);
  }

 private:
  Int Scaled(Int sum, const int32_t* head, int64_t width) const {
    if (rounding_ == Rounding::kFloat) {
      return sum.Times(reinterpret_cast<const float*>(head + width), low_, high_);
    }
    const Int zero = Int::Broadcast(0);
    const Int multiplier = Int::Load(head + 2 * width);
    const Int shift = Int::Load(head + 3 * width);
    if (rounding_ == Rounding::kSingle) {
      return sum.MultiplySingle(multiplier, Int::Broadcast(31) - shift);
    }
    const Int product = sum.ShiftLeft(shift.Max(zero)).MultiplyHigh(multiplier);
    const Int right = (zero - shift).Max(zero);
    return rounding_ == Rounding::kDoubleUp ? DividedByPowerOfTwo<true>(product, right)
                                            : DividedByPowerOfTwo<false>(product, right);
  }

  Rounding rounding_;
  Int zero_, low_, high_;
};
