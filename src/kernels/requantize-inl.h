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

// Rows of sums, each of the channels of a panel, become bytes, or int16.
class Requantizer {
 public:
  explicit Requantizer(const Requantization& out)
      : rounding_(out.rounding),
        zero_(Int::Broadcast(out.zero_point)),
        low_(Int::Broadcast(out.low - out.zero_point)),
        high_(Int::Broadcast(out.high - out.zero_point)) {}

  // Of `rows` rows of `width` sums. The first `columns` elements of a row go to y, the next row's
  // `stride` elements further. `head` is what the panel begins with.
  void Store(const int32_t* sums, int64_t rows, int64_t width, const int32_t* head, std::byte* y,
             int64_t stride, int64_t columns) const {
    for (int64_t i = 0; i < width; i += Int::kLanes) {
      const Part part = {sums + i, rows, width, head + i, stride, columns - i};
      switch (rounding_) {
        case Rounding::kFloat:
          StorePart<Rounding::kFloat>(part, y + i);
          break;
        case Rounding::kDouble:
          StorePart<Rounding::kDouble>(part, y + i);
          break;
        case Rounding::kDoubleUp:
          StorePart<Rounding::kDoubleUp>(part, y + i);
          break;
        case Rounding::kSingle:
          StorePart<Rounding::kSingle>(part, y + i);
          break;
        case Rounding::kWide:
          StorePart<Rounding::kWide>(part, y + 2 * i);
          break;
      }
    }
  }

 private:
  // A vector of channels.
  struct Part {
    const int32_t* sums;
    int64_t rows, width;
    const int32_t* head;
    int64_t stride, columns;
  };

  // As StoreSome, of int16.
  static void StoreSomeShorts(Int x, std::byte* p, int64_t count) {
    if (count >= Int::kLanes) return x.StoreShorts(p);
    std::byte bytes[2 * Int::kLanes];
    x.StoreShorts(bytes);
    CopyFew(bytes, p, 2 * count);
  }

  template <Rounding kRounding>
  void StorePart(const Part& part, std::byte* y) const {
    const Int zero = zero_, low = low_, high = high_, none = Int::Broadcast(0);
    const Int scale = Int::Load(part.head + part.width);
    const Int multiplier = Int::Load(part.head + 2 * part.width);
    const Int shift = Int::Load(part.head + 3 * part.width);
    const Int left = shift.Max(none), right = (none - shift).Max(none);
    for (int64_t r = 0; r < part.rows; ++r) {
      const Int sum = Int::Load(part.sums + r * part.width);
      Int result;
      if constexpr (kRounding == Rounding::kFloat) {
        result = sum.Times(scale, low, high) + zero;
      } else if constexpr (kRounding == Rounding::kDouble || kRounding == Rounding::kDoubleUp) {
        const Int product = sum.ShiftLeft(left).MultiplyHigh(multiplier);
        result = DividedByPowerOfTwo < kRounding == Rounding::kDoubleUp > (product, right);
        result = result.Max(low).Min(high) + zero;
      } else {
        result = sum.MultiplySingle(multiplier, Int::Broadcast(31) - shift);
        result = result.Max(low).Min(high) + zero;
      }
      if constexpr (kRounding == Rounding::kWide) {
        StoreSomeShorts(result, y + r * part.stride * 2, part.columns);
      } else {
        StoreSome(result, y + r * part.stride, part.columns);
      }
    }
  }

  Rounding rounding_;
  Int zero_, low_, high_;
};
