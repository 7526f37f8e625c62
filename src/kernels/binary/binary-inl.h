// Binary operators over a vector type Vec. Included inside the anonymous namespace of a file
// compiled for one instruction set.
//
// The last dimension is walked in one go: b lies beside a there, or is one number.

struct AddOperator {
  Vec operator()(Vec a, Vec b) const { return a + b; }
};
struct MulOperator {
  Vec operator()(Vec a, Vec b) const { return a * b; }
};

template <class Combine>
void RunWith(const Combine& combine, const Params& params, const float* a, const float* b, float* y,
             int64_t first, int64_t last) {
  const Vec low = Vec::Broadcast(params.clamp.low);
  const Vec high = Vec::Broadcast(params.clamp.high);
  const int64_t width = params.shape[kMostDimensions - 1];
  const bool beside = params.b_stride[kMostDimensions - 1] != 0;
  int64_t column = first % width;
  int64_t row = first / width;
  for (int64_t i = first; i < last; column = 0, ++row) {
    const float* other = b;
    for (int64_t d = kMostDimensions - 1, left = row; left > 0 && d-- > 0;
         left /= params.shape[d]) {
      other += left % params.shape[d] * params.b_stride[d];
    }
    const int64_t end = last - i < width - column ? last : i + width - column;
    const Vec one = Vec::Broadcast(*other);
    other += beside ? column : 0;
    for (; i + Vec::kLanes <= end; i += Vec::kLanes) {
      const Vec second = beside ? Vec::Load(other) : one;
      combine(Vec::Load(a + i), second).ClampTo(low, high).Store(y + i);
      other += Vec::kLanes;
    }
    if (i == end) continue;
    const Vec second = beside ? Vec::LoadPartial(other, end - i) : one;
    combine(Vec::LoadPartial(a + i, end - i), second)
        .ClampTo(low, high)
        .StorePartial(y + i, end - i);
    i = end;
  }
}

void Run(const Params& params, const float* a, const float* b, float* y, int64_t first,
         int64_t last) {
  if (params.op == Operator::kAdd) {
    RunWith(AddOperator(), params, a, b, y, first, last);
  } else {
    RunWith(MulOperator(), params, a, b, y, first, last);
  }
}
