#include "train/optimizer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "train/layer.h"

namespace goldcrest::train {
namespace {

constexpr std::array<std::string_view, 4> kAlgorithmNames = {"sgd", "adam", "adamw", "rmsprop"};

// Numbers that are kept of each parameter.
size_t StatesOf(const OptimizerOptions& options) {
  switch (options.algorithm) {
    case Algorithm::kSgd:
      return options.momentum > 0 ? 1 : 0;
    case Algorithm::kRmsprop:
      return options.momentum > 0 ? 2 : 1;
    case Algorithm::kAdam:
    case Algorithm::kAdamW:
      break;
  }
  return 2;
}

}  // namespace

std::span<const std::string_view> AlgorithmNames() { return kAlgorithmNames; }

Result<Algorithm> ParseAlgorithm(std::string_view name) {
  const auto* found = std::ranges::find(kAlgorithmNames, name);
  if (found != kAlgorithmNames.end())
    return static_cast<Algorithm>(found - kAlgorithmNames.begin());
  return Fail(ErrorCode::kUsage, "--optimizer is '", name,
              "'; it can be sgd, adam, adamw or rmsprop");
}

Result<Optimizer> Optimizer::Create(const OptimizerOptions& options, Parameters& parameters) {
  Optimizer optimizer(options, parameters);
  const size_t count = parameters.learned().size() * StatesOf(options);
  optimizer.state_ = base::AlignedBuffer(count * sizeof(float));
  if (optimizer.state_.ok()) return optimizer;
  return Fail(ErrorCode::kLimit, "no memory for what the optimizer keeps of ",
              parameters.learned().size(), " parameters");
}

std::span<float> Optimizer::state() {
  return {reinterpret_cast<float*>(state_.data()), state_.size() / sizeof(float)};
}

double Optimizer::ClipFactor(base::ThreadPool& pool) noexcept {
  if (options_.clip_norm <= 0) return 1;
  constexpr int64_t kParts = 16;
  const std::span<const float> g = parameters_->gradients();
  const auto count = std::ssize(g);
  std::array<double, kParts> sums{};
  pool.ForEach(kParts, [&](int64_t part) noexcept {
    double sum = 0;
    for (int64_t i = part * count / kParts; i < (part + 1) * count / kParts; ++i) {
      const double x = g[static_cast<size_t>(i)];
      sum += x * x;
    }
    sums[static_cast<size_t>(part)] = sum;
  });
  double sum = 0;
  for (double part : sums) sum += part;
  const double norm = std::sqrt(sum);
  return norm > options_.clip_norm ? options_.clip_norm / norm : 1;
}

void Optimizer::Step(double rate, base::ThreadPool& pool) noexcept {
  ++steps_;
  const double shrink = ClipFactor(pool);
  for (const Parameter& parameter : parameters_->all()) {
    if (!parameter.learned) continue;
    const bool decays = parameter.decays && options_.weight_decay > 0;
    const auto kept = static_cast<float>(1 - rate * options_.weight_decay);
    InParts(pool, static_cast<int64_t>(parameter.count), 4, [&](int64_t from, int64_t to) noexcept {
      const size_t first = parameter.first + static_cast<size_t>(from);
      const size_t last = parameter.first + static_cast<size_t>(to);
      float* w = parameters_->learned().data();
      for (size_t i = first; decays && i < last; ++i) w[i] *= kept;
      Update(rate, first, last, shrink);
    });
  }
}

void Optimizer::Update(double rate, size_t first, size_t last, double shrink) noexcept {
  float* w = parameters_->learned().data();
  const float* g = parameters_->gradients().data();
  const size_t all = parameters_->learned().size();
  float* a = state().data();
  float* b = a + all;
  const auto by = static_cast<float>(shrink);
  const auto step = static_cast<float>(rate);
  const auto momentum = static_cast<float>(options_.momentum);
  const auto epsilon = static_cast<float>(options_.epsilon);
  switch (options_.algorithm) {
    case Algorithm::kSgd:
      if (momentum <= 0) {
        for (size_t i = first; i < last; ++i) w[i] -= step * by * g[i];
      } else if (options_.nesterov) {
        for (size_t i = first; i < last; ++i) {
          a[i] = momentum * a[i] - step * by * g[i];
          w[i] += momentum * a[i] - step * by * g[i];
        }
      } else {
        for (size_t i = first; i < last; ++i) {
          a[i] = momentum * a[i] - step * by * g[i];
          w[i] += a[i];
        }
      }
      break;
    case Algorithm::kRmsprop: {
      const auto rho = static_cast<float>(options_.rho);
      float* velocity = b;
      for (size_t i = first; i < last; ++i) {
        const float x = by * g[i];
        a[i] = rho * a[i] + (1 - rho) * x * x;
        const float change = step * x / std::sqrt(a[i] + epsilon);
        if (momentum > 0) {
          velocity[i] = momentum * velocity[i] + change;
          w[i] -= velocity[i];
        } else {
          w[i] -= change;
        }
      }
      break;
    }
    case Algorithm::kAdam:
    case Algorithm::kAdamW: {
      const auto t = static_cast<double>(steps_);
      const auto beta_1 = static_cast<float>(options_.beta_1);
      const auto beta_2 = static_cast<float>(options_.beta_2);
      const auto corrected = static_cast<float>(rate * std::sqrt(1 - std::pow(options_.beta_2, t)) /
                                                (1 - std::pow(options_.beta_1, t)));
      for (size_t i = first; i < last; ++i) {
        const float x = by * g[i];
        a[i] += (x - a[i]) * (1 - beta_1);
        b[i] += (x * x - b[i]) * (1 - beta_2);
        w[i] -= corrected * a[i] / (std::sqrt(b[i]) + epsilon);
      }
      break;
    }
  }
}

}  // namespace goldcrest::train
