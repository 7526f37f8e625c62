// Requantization of rows of sums by vectors Int. Included, after bytes-inl.h and requantize-inl.h,
// inside the anonymous namespace of a file compiled for one instruction set.

// As StoreSome, of int16.
void StoreSomeShorts(Int x, std::byte* p, int64_t count) {
  if (count >= Int::kLanes) return x.StoreShorts(p);
  std::byte bytes[2 * Int::kLanes] = {};
  x.StoreShorts(bytes);
  CopyFew<2 * Int::kLanes>(bytes, p, 2 * count);
}

// The vector of channels at `sums` and `head`; all of them are there if kWhole.
template <Rounding kRounding, bool kWhole>
void RunVector(const Requantization& out, const SumRows& rows, const int32_t* sums,
               const int32_t* head, std::byte* y, int64_t columns) {
  const Int zero = Int::Broadcast(out.zero_point);
  const Int low = Int::Broadcast(out.low - out.zero_point);
  const Int high = Int::Broadcast(out.high - out.zero_point);
  const Int scale = Int::Load(head + rows.width);
  const Int multiplier = Int::Load(head + 2 * rows.width);
  const Int shift = Int::Load(head + 3 * rows.width);
  const Int left = shift.Max(Int::Broadcast(0)), right = left - shift;
  const Int count = Int::Broadcast(31) - shift;
  const int64_t width = rows.width;
  const int64_t step = rows.stride * (kRounding == Rounding::kWide ? 2 : 1);
  for (int64_t left_rows = rows.rows; left_rows > 0; --left_rows, sums += width, y += step) {
    const Int sum = Int::Load(sums);
    Int result;
    if constexpr (kRounding == Rounding::kFloat) {
      result = sum.Times(scale, low, high) + zero;
    } else if constexpr (kRounding == Rounding::kDouble || kRounding == Rounding::kDoubleUp) {
      const Int product = sum.ShiftLeft(left).MultiplyHigh(multiplier);
      result = DividedByPowerOfTwo < kRounding == Rounding::kDoubleUp > (product, right);
      result = result.Max(low).Min(high) + zero;
    } else {
      result = sum.MultiplySingle(multiplier, count).Max(low).Min(high) + zero;
    }
    if constexpr (kRounding == Rounding::kWide) {
      StoreSomeShorts(result, y, kWhole ? Int::kLanes : columns);
    } else {
      StoreSome(result, y, kWhole ? Int::kLanes : columns);
    }
  }
}

// The same as float32: ToReal, of sums that lack what the zero point makes of the weights.
[[gnu::noinline]] void RunReals(const Reals& out, const SumRows& rows, const int32_t* sums,
                                const int32_t* head, std::byte* y, int64_t columns) {
  const Int lacking = Int::Broadcast(out.zero) * Int::Load(head + 2 * rows.width);
  const Int first = Int::Load(head + rows.width).TimesReal(Int::BroadcastReal(out.first));
  const Int second = Int::BroadcastReal(out.second);
  const Int bias = Int::Load(head + 3 * rows.width);
  const Int low = Int::BroadcastReal(out.clamp.low), high = Int::BroadcastReal(out.clamp.high);
  for (int64_t r = 0; r < rows.rows; ++r, sums += rows.width, y += 4 * rows.stride) {
    const Int result = (Int::Load(sums) - lacking).ToReal(first, second, bias, low, high);
    if (columns >= Int::kLanes) {
      result.Store(reinterpret_cast<int32_t*>(y));
    } else {
      int32_t lanes[Int::kLanes];
      result.Store(lanes);
      for (int64_t i = 0; i < columns; ++i) __builtin_memcpy(y + 4 * i, lanes + i, 4);
    }
  }
}

void Run(const Requantization& out, const SumRows& rows, std::byte* y) {
  if (out.rounding == Rounding::kToReals) {
    for (int64_t i = 0; i < rows.width; i += Int::kLanes) {
      RunReals(out.reals, rows, rows.sums + i, rows.head + i, y + 4 * i, rows.columns - i);
    }
    return;
  }
  const auto run = out.rounding == Rounding::kFloat      ? RunVector<Rounding::kFloat, false>
                   : out.rounding == Rounding::kDouble   ? RunVector<Rounding::kDouble, false>
                   : out.rounding == Rounding::kDoubleUp ? RunVector<Rounding::kDoubleUp, false>
                   : out.rounding == Rounding::kSingle   ? RunVector<Rounding::kSingle, false>
                                                         : RunVector<Rounding::kWide, false>;
  // The default, and most of its channels, have a loop of their own.
  const auto run_whole = out.rounding == Rounding::kFloat ? RunVector<Rounding::kFloat, true> : run;
  const int64_t size = out.rounding == Rounding::kWide ? 2 : 1;
  for (int64_t i = 0; i < rows.width; i += Int::kLanes) {
    const int64_t columns = rows.columns - i;
    (columns < Int::kLanes ? run : run_whole)(out, rows, rows.sums + i, rows.head + i, y + i * size,
                                              columns);
  }
}
