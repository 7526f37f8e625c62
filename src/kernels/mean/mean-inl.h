// The mean over a vector type Vec. Included, after sum-inl.h, inside the anonymous namespace of a
// file compiled for one instruction set.

// Terms that are added up plainly before they go to a long sum.
constexpr int64_t kPlain = 32;

// The sum of `rows` vectors, `count` lanes of each, that lie `step` floats apart.
LongSum SumOfRows(const float* x, int64_t rows, int64_t step, int64_t count) {
  LongSum sum;
  while (rows > 0) {
    const int64_t plain = rows < kPlain ? rows : kPlain;
    Vec part = Vec::Broadcast(0);
    if (count == Vec::kLanes) {
      for (int64_t r = 0; r < plain; ++r) part = part + Vec::Load(x + r * step);
    } else {
      for (int64_t r = 0; r < plain; ++r) part = part + Vec::LoadPartial(x + r * step, count);
    }
    sum.Add(part);
    x += plain * step;
    rows -= plain;
  }
  return sum;
}

// The mean of one row of numbers.
float MeanOfRow(const float* x, int64_t count) {
  const int64_t rows = count / Vec::kLanes;
  LongSum sum = SumOfRows(x, rows, Vec::kLanes, Vec::kLanes);
  const int64_t left = count - rows * Vec::kLanes;
  if (left > 0) sum.Add(Vec::LoadPartial(x + count - left, left));
  return static_cast<float>(SumOfLanes(sum.sum) / static_cast<double>(count));
}

void Run(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  if (params.inner == 1) {
    for (int64_t o = first; o < last; ++o) y[o] = MeanOfRow(x + o * params.reduced, params.reduced);
    return;
  }
  const Vec reduced = Vec::Broadcast(static_cast<float>(params.reduced));
  for (int64_t at = first; at < last;) {
    const int64_t o = at / params.inner;
    const int64_t i = at % params.inner;
    int64_t count = params.inner - i < last - at ? params.inner - i : last - at;
    count = count < Vec::kLanes ? count : Vec::kLanes;
    const float* from = x + o * params.reduced * params.inner + i;
    const LongSum sum = SumOfRows(from, params.reduced, params.inner, count);
    (sum.sum / reduced).StorePartial(y + at, count);
    at += count;
  }
}
