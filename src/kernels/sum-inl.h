// Long sums over a vector type Vec. Included inside the anonymous namespace of a file compiled for
// one instruction set.

// A sum that carries what each addition rounds off (Kahan): its error does not grow with the number
// of terms.
struct LongSum {
  Vec sum = Vec::Broadcast(0);
  Vec excess = Vec::Broadcast(0);  // what `sum` has too much

  void Add(Vec x) {
    const Vec wanted = x - excess;
    const Vec next = sum + wanted;
    excess = (next - sum) - wanted;
    sum = next;
  }
};

double SumOfLanes(Vec x) {
  float lanes[Vec::kLanes];
  x.Store(lanes);
  double sum = 0;
  for (float lane : lanes) sum += lane;
  return sum;
}
