// Sums in registers brought to the result's scale as bytes. Included, after an Int and a
// BytePacker, inside the anonymous namespace of a file compiled for one instruction set.

// The rounding kFloat, as RequantizeSums, in fewer steps: sums are scaled in float32, by factors
// that leave them in the range of int32, rounded to the nearest, half to even, and packed.
class ByteRequantizer : public BytePacker {
 public:
  static bool Takes(const QuantizedLayer& layer) {
    return layer.requantization.small_factors &&
           layer.requantization.rounding == Rounding::kFloat &&
           layer.input != tensor::DType::kInt16;
  }

  explicit ByteRequantizer(const QuantizedLayer& layer)
      : BytePacker(layer.input, layer.requantization.zero_point, layer.requantization.low,
                   layer.requantization.high) {}

  // The bits of a float in each lane.
  using Scale = Int;
  static Scale LoadScale(const float* p) { return Int::Load(reinterpret_cast<const int32_t*>(p)); }

  // The bytes of a, then those of b, c and d.
  Bytes InOrder(Int a, Scale a_scale, Int b, Scale b_scale, Int c, Scale c_scale, Int d,
                Scale d_scale) const {
    return BytePacker::InOrder(a.Times(a_scale), b.Times(b_scale), c.Times(c_scale),
                               d.Times(d_scale));
  }
};
