// Softmax over a vector type Vec. Included, after exp-inl.h and sum-inl.h, inside the anonymous
// namespace of a file compiled for one instruction set.

float Largest(const float* x, int64_t count) {
  float largest = x[0];
  int64_t i = 0;
  if (count >= Vec::kLanes) {
    Vec most = Vec::Load(x);
    for (i = Vec::kLanes; i + Vec::kLanes <= count; i += Vec::kLanes)
      most = most.Max(Vec::Load(x + i));
    float lanes[Vec::kLanes];
    most.Store(lanes);
    for (float lane : lanes) largest = lane > largest ? lane : largest;
  }
  for (; i < count; ++i) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

void Run(const Params& params, const float* x, float* y, int64_t first, int64_t last) {
  const int64_t classes = params.classes;
  const Vec beta = Vec::Broadcast(static_cast<float>(params.beta));
  for (int64_t row = first; row < last; ++row) {
    const float* in = x + row * classes;
    float* out = y + row * classes;
    const Vec largest = Vec::Broadcast(Largest(in, classes));
    LongSum sum;
    int64_t i = 0;
    for (; i + Vec::kLanes <= classes; i += Vec::kLanes) {
      const Vec power = Exp((Vec::Load(in + i) - largest) * beta);
      power.Store(out + i);
      sum.Add(power);
    }
    const int64_t left = classes - i;
    if (left > 0) {
      Exp((Vec::LoadPartial(in + i, left) - largest) * beta).StorePartial(out + i, left);
      sum.Add(Vec::LoadPartial(out + i, left));
    }
    const Vec share = Vec::Broadcast(static_cast<float>(1 / SumOfLanes(sum.sum)));
    for (i = 0; i + Vec::kLanes <= classes; i += Vec::kLanes) {
      (Vec::Load(out + i) * share).Store(out + i);
    }
    if (left > 0) (Vec::LoadPartial(out + i, left) * share).StorePartial(out + i, left);
  }
}
