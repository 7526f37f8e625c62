// What requantization of a vector Int is made of. Included inside the anonymous namespace of a file
// compiled for one instruction set, after that of Int.

// x / 2^count to nearest; the half goes up, or away from zero.
template <bool kUp>
Int DividedByPowerOfTwo(Int x, Int count) {
  const Int one = Int::Broadcast(1);
  const Int mask = one.ShiftLeft(count) - one;
  Int threshold = mask.ShiftRight(one);
  if constexpr (!kUp) threshold = threshold - Int::IfGreater(Int::Broadcast(0), x);
  return x.ShiftRight(count) - Int::IfGreater(x & mask, threshold);
}
