#include "quantize/adaptive_rounding.h"

#include <algorithm>
#include <atomic>

namespace goldcrest::quantize {
namespace {

// Of the mean variance of the inputs, added to each one's own: what is seldom seen is rounded to
// the nearest.
constexpr float kDamping = 0.01F;
constexpr int kMostSweeps = 50;

// The inputs that some output channels sum, and what is known of them.
struct Problem {
  Matrix covariance;  // of the inputs
  Matrix cross;       // a row for each of the channels: covariance of its target and the inputs
  float damping = 0;

  void Finish(size_t samples) {
    const float share = 1 / static_cast<float>(samples);
    for (float& x : covariance.elements) x *= share;
    for (float& x : cross.elements) x *= share;
    double trace = 0;
    for (size_t i = 0; i < covariance.rows; ++i) trace += covariance.Row(i)[i];
    damping = kDamping * static_cast<float>(trace / static_cast<double>(covariance.rows));
  }
};

// A depthwise layer has one for each input channel, any other layer one for all.
using Problems = std::vector<Problem>;

Problem DepthwiseProblem(const LayerSamples& samples, size_t channel, size_t taps,
                         size_t multiplier) {
  const size_t count = samples.inputs.columns;
  Problem problem{.covariance = Matrix(taps, taps), .cross = Matrix(multiplier, taps)};
  for (size_t i = 0; i < taps; ++i) {
    const float* x = samples.inputs.Row(channel * taps + i).data();
    for (size_t j = 0; j < taps; ++j) {
      problem.covariance.Row(i)[j] = Dot(x, samples.inputs.Row(channel * taps + j).data(), count);
    }
    for (size_t k = 0; k < multiplier; ++k) {
      problem.cross.Row(k)[i] = Dot(x, samples.targets.Row(channel * multiplier + k).data(), count);
    }
  }
  problem.Finish(count);
  return problem;
}

Result<Problems> MakeProblems(const LayerSamples& samples, const WeightRows& rows, bool depthwise,
                              const Environment& environment) {
  const runtime::Backend& backend = *environment.backend;
  if (!depthwise) {
    Problems problems(1);
    GOLDCREST_TRY(problems[0].covariance,
                  Product(samples.inputs, samples.inputs, backend, environment.pool));
    GOLDCREST_TRY(problems[0].cross,
                  Product(samples.targets, samples.inputs, backend, environment.pool));
    problems[0].Finish(samples.inputs.columns);
    return problems;
  }
  Problems problems(samples.inputs.rows / rows.columns);
  environment.pool->ForEach(std::ssize(problems), [&](int64_t c) noexcept {
    problems[static_cast<size_t>(c)] = DepthwiseProblem(
        samples, static_cast<size_t>(c), rows.columns, rows.channels / problems.size());
  });
  return problems;
}

// Half the derivative of a channel's squared error by each weight's error (integer's real −
// weight).
std::vector<float> SlopeOf(const Problem& problem, size_t row, std::span<const float> rounded,
                           std::span<const float> errors) {
  std::vector<float> slope(rounded.size());
  for (size_t i = 0; i < slope.size(); ++i) {
    slope[i] = Dot(problem.covariance.Row(i).data(), rounded.data(), rounded.size()) -
               problem.cross.Row(row)[i] + problem.damping * errors[i];
  }
  return slope;
}

// The squared error of a channel, but for what does not depend on its weights.
float ErrorOf(const Problem& problem, size_t row, std::span<const float> rounded) {
  std::vector<float> products(rounded.size());
  for (size_t i = 0; i < products.size(); ++i) {
    products[i] = Dot(problem.covariance.Row(i).data(), rounded.data(), rounded.size()) -
                  2 * problem.cross.Row(row)[i];
  }
  return Dot(products.data(), rounded.data(), rounded.size());
}

struct Steps {
  float scale = 1, zero = 0;
  float lowest = 0, highest = 0;
};

// One channel's weights, from the nearest steps down to where no single change is for the better.
std::vector<float> Descend(const Problem& problem, size_t row, std::span<const float> weights,
                           const Steps& steps, std::vector<float> integers) {
  const size_t n = weights.size();
  std::vector<float> rounded(n);
  std::vector<float> errors(n);
  for (size_t i = 0; i < n; ++i) {
    rounded[i] = (integers[i] - steps.zero) * steps.scale;
    errors[i] = rounded[i] - weights[i];
  }
  std::vector<float> slope = SlopeOf(problem, row, rounded, errors);
  bool changed = true;
  for (int sweep = 0; changed && sweep < kMostSweeps; ++sweep) {
    changed = false;
    for (size_t i = 0; i < n; ++i) {
      const float direction = errors[i] > 0 ? -1.0F : 1.0F;
      const float change = direction * steps.scale;
      const float next = integers[i] + direction;
      const float* covariance = problem.covariance.Row(i).data();
      const float gain = change * (change * (covariance[i] + problem.damping) + 2 * slope[i]);
      if (next < steps.lowest || next > steps.highest || gain >= 0) continue;
      integers[i] = next;
      errors[i] += change;
      for (size_t j = 0; j < n; ++j) slope[j] += change * covariance[j];
      slope[i] += change * problem.damping;
      changed = true;
    }
  }
  return integers;
}

}  // namespace

Result<int> RoundAdaptively(const graph::Graph& graph, const graph::Node& layer,
                            const LayerSamples& fit, const LayerSamples& held_back,
                            const Environment& environment, QuantizedLayer& quantized) {
  const WeightRows rows = RowsOf(graph, layer);
  const bool depthwise = std::holds_alternative<graph::DepthwiseConv2D>(layer.op);
  GOLDCREST_TRY(const Problems fits, MakeProblems(fit, rows, depthwise, environment));
  GOLDCREST_TRY(const Problems checks, MakeProblems(held_back, rows, depthwise, environment));
  std::span<const float> all = WeightsOf(graph, layer);
  const size_t multiplier = rows.channels / fits.size();
  std::atomic<int> anew = 0;
  environment.pool->ForEach(static_cast<int64_t>(rows.channels), [&](int64_t index) noexcept {
    const auto channel = static_cast<size_t>(index);
    const size_t problem = depthwise ? channel / multiplier : 0;
    const size_t row = depthwise ? channel % multiplier : channel;
    const tensor::IntegerLimits limits = WeightLimits(quantized.dtype);
    const Steps steps{.scale = quantized.ScaleOf(channel),
                      .zero = static_cast<float>(quantized.quantization.zero_point[0]),
                      .lowest = static_cast<float>(limits.low),
                      .highest = static_cast<float>(limits.high)};
    std::vector<float> weights(rows.columns);
    std::vector<float> nearest(rows.columns);
    for (size_t i = 0; i < rows.columns; ++i) {
      weights[i] = all[rows.At(channel, i)];
      nearest[i] = quantized.integers[rows.At(channel, i)];
    }
    const std::vector<float> chosen = Descend(fits[problem], row, weights, steps, nearest);
    auto error = [&](const std::vector<float>& integers) {
      std::vector<float> rounded(integers.size());
      for (size_t i = 0; i < rounded.size(); ++i) {
        rounded[i] = (integers[i] - steps.zero) * steps.scale;
      }
      return ErrorOf(checks[problem], row, rounded);
    };
    if (chosen == nearest || !(error(chosen) < error(nearest))) return;
    for (size_t i = 0; i < rows.columns; ++i) {
      quantized.integers[rows.At(channel, i)] = static_cast<int16_t>(chosen[i]);
    }
    ++anew;
  });
  return anew.load();
}

}  // namespace goldcrest::quantize
