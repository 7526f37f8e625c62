// A model's scores for one picture.
#pragma once

#include <cstdint>
#include <span>

namespace goldcrest::evaluate {

// exp(x − max) / Σ, in double.
void Softmax(std::span<float> scores);

// How many classes come before class `label`: those with a better score, or with an equal one and a
// lower index. 0 is top-1, below 5 top-5. A NaN is worse than any number.
int64_t RankOf(std::span<const float> scores, int64_t label);

// Σ p · ln(max(p, floor) / max(q, floor)), in nats: the Kullback-Leibler divergence of q from p as
// far as scores above the floor tell it. What neither side resolves does not count. For quantized
// scores the floor is half a step, for floats a small number.
double Divergence(std::span<const float> p, std::span<const float> q, double floor);

}  // namespace goldcrest::evaluate
