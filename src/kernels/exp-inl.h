// exp over a vector type Vec. Included inside the anonymous namespace of a file compiled for one
// instruction set.

// exp(x) within 2 units in the last place, 0 below -104 and infinity above 89; a NaN passes. x is
// n · ln 2 + r with |r| ≤ ln 2 / 2, ln 2 in two parts; the polynomial is that of Cephes' expf.
Vec Exp(Vec x) {
  auto constant = [](float value) { return Vec::Broadcast(value); };
  x = x.ClampTo(constant(-104), constant(89));
  const Vec n = (x * constant(1.44269504F)).Round();
  const Vec r = x.MulAdd(n, constant(-0.693359375F)).MulAdd(n, constant(2.12194440e-4F));
  Vec p = constant(1.9875691500e-4F);
  p = constant(1.3981999507e-3F).MulAdd(p, r);
  p = constant(8.3334519073e-3F).MulAdd(p, r);
  p = constant(4.1665795894e-2F).MulAdd(p, r);
  p = constant(1.6666665459e-1F).MulAdd(p, r);
  p = constant(5.0000001201e-1F).MulAdd(p, r);
  p = (r + constant(1)).MulAdd(p, r * r);
  return p.TimesPowerOfTwo(n);
}
