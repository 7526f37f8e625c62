// How gradients change parameters. The formulas, and what the numbers are called, are Keras'.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "train/parameters.h"

namespace goldcrest::train {

enum class Algorithm : uint8_t {
  kSgd,      // v = momentum · v − rate · g; w += v, or with Nesterov momentum · v − rate · g
  kAdam,     // Kingma and Ba, 2015; the corrections of both moments are in the rate
  kAdamW,    // the same with weight decay (Loshchilov and Hutter, 2019)
  kRmsprop,  // r = rho · r + (1 − rho) · g²; w −= rate · g / sqrt(r + epsilon), with momentum
};
std::span<const std::string_view> AlgorithmNames();
Result<Algorithm> ParseAlgorithm(std::string_view name);

struct OptimizerOptions {
  Algorithm algorithm = Algorithm::kAdam;
  double momentum = 0.9;  // of sgd and rmsprop
  bool nesterov = false;
  double beta_1 = 0.9, beta_2 = 0.999;
  double rho = 0.9;
  double epsilon = 1e-7;
  double weight_decay = 0;  // before each step w −= rate · decay · w, of filters and weights only
  double clip_norm = 0;     // the gradient of all together is at most as long; 0: any
};

class Optimizer {
 public:
  // An error where there is no memory for what it keeps of each parameter.
  static Result<Optimizer> Create(const OptimizerOptions& options, Parameters& parameters);

  // Takes one step. `rate` is the learning rate of this step.
  void Step(double rate, base::ThreadPool& pool) noexcept;

  // What it knows beside the parameters, to go on from later.
  std::span<float> state();
  int64_t steps() const { return steps_; }
  void set_steps(int64_t steps) { steps_ = steps; }

 private:
  Optimizer(const OptimizerOptions& options, Parameters& parameters)
      : options_(options), parameters_(&parameters) {}
  void Update(double rate, size_t first, size_t last, double shrink) noexcept;
  double ClipFactor(base::ThreadPool& pool) noexcept;

  OptimizerOptions options_;
  Parameters* parameters_;
  base::AlignedBuffer state_;  // one or two numbers a parameter
  int64_t steps_ = 0;
};

}  // namespace goldcrest::train
