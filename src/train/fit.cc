#include "train/fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "tensor/difference.h"

namespace goldcrest::train {
namespace {

// The samples in an order of this epoch (Fisher and Yates).
std::vector<int64_t> Shuffled(int64_t count, uint64_t seed, int64_t epoch) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  const uint64_t stream = base::Mixed(seed, static_cast<uint64_t>(epoch));
  for (size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<size_t>(base::Mixed(stream, i) % i)]);
  }
  return order;
}

int64_t CountInfinite(std::span<const float> values) {
  return std::ranges::count_if(values, [](float x) { return !std::isfinite(x); });
}

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Fitting {
 public:
  Fitting(Network& network, BatchSource& training, BatchSource* validation,
          const FitOptions& options, const FitEvents& events, base::ThreadPool& pool,
          Optimizer optimizer)
      : network_(network),
        parameters_(network.parameters()),
        training_(training),
        validation_(validation),
        options_(options),
        events_(events),
        pool_(pool),
        optimizer_(std::move(optimizer)),
        targets_(static_cast<size_t>(network.batch())),
        infinite_at_first_(CountInfinite(parameters_.elements())) {
    const int64_t steps = (training.size() + network.batch() - 1) / network.batch();
    schedule_ = {.rate = options.rate,
                 .decay = options.decay,
                 .warm_up = static_cast<int64_t>(options.warm_up * static_cast<double>(steps)),
                 .steps = steps * options.epochs};
    if (options.average > 0) {
      state_.average.assign(parameters_.learned().begin(), parameters_.learned().end());
    }
  }

  Status GoOnFrom(const FitState& state) {
    const bool fits = state.elements.size() == parameters_.elements().size() &&
                      state.optimizer.size() == optimizer_.state().size() &&
                      state.average.size() == state_.average.size() &&
                      (state.kept.empty() || state.kept.size() == state.elements.size()) &&
                      state.samples >= 0 && state.samples <= training_.size();
    if (!fits) return Invalid("the state of training is one of another network");
    std::ranges::copy(state.elements, parameters_.elements().begin());
    std::ranges::copy(state.optimizer, optimizer_.state().begin());
    optimizer_.set_steps(state.steps);
    state_ = state;
    state_.elements.clear();
    state_.optimizer.clear();
    return {};
  }

  Result<FitReport> Run() {
    FitReport report;
    while (state_.epoch <= options_.epochs) {
      GOLDCREST_TRY(const std::optional<Ending> ending, OneEpoch());
      if (ending) {
        report.ending = *ending;
        break;
      }
      ++state_.epoch;
      state_.samples = 0;
      state_.sum = {};
      state_.seconds = 0;
    }
    if (!state_.kept.empty()) {
      std::ranges::copy(state_.kept, parameters_.elements().begin());
      if (validation_ != nullptr) report.best_epoch = state_.kept_epoch;
    }
    report.epochs = std::move(state_.epochs);
    report.infinite = infinite_;
    return report;
  }

 private:
  // None where there may be another.
  Result<std::optional<Ending>> OneEpoch() {
    GOLDCREST_TRY(const bool learned, Learn());
    if (!learned) return Interrupted();
    const auto count = static_cast<double>(training_.size());
    EpochReport done{
        .epoch = state_.epoch,
        .training = {state_.sum.loss / count, static_cast<double>(state_.sum.correct) / count},
        .validation = std::nullopt,
        .rate = state_.rate,
        .samples_per_second = count / state_.seconds};
    if (!std::isfinite(done.training.loss)) return Diverged("the loss");
    // Statistics that are too large for a float show in no loss: each batch has its own.
    if (CountInfinite(parameters_.elements()) > infinite_at_first_) return Diverged("a parameter");
    if (validation_ != nullptr) {
      SwapAverage();
      auto score = Measure(network_, *validation_, {}, [&](double share) {
        events_.progress({.epoch = done.epoch, .share = share, .validating = true});
        return !events_.interrupted();
      });
      SwapAverage();
      GOLDCREST_TRY(done.validation, std::move(score));
      if (!done.validation) return Interrupted();
    }
    const double loss = done.validation ? done.validation->loss : -static_cast<double>(done.epoch);
    if (!std::isfinite(loss)) return Diverged("the loss");
    done.best = state_.kept.empty() || loss < state_.kept_loss;
    if (done.best) Keep(loss);
    state_.epochs.push_back(done);
    GOLDCREST_RETURN_IF_ERROR(events_.epoch_done(done));
    return EndingAfter(done);
  }

  // The rest of the epoch; false where it was interrupted.
  Result<bool> Learn() {
    const std::vector<int64_t> all = Shuffled(training_.size(), options_.seed, state_.epoch);
    const std::span<const int64_t> order = std::span(all);
    training_.Prepare(order.subspan(static_cast<size_t>(state_.samples)), state_.epoch);
    const auto start = Clock::now();
    const double before = state_.seconds;
    while (state_.samples < std::ssize(order)) {
      const auto samples = static_cast<double>(state_.samples);
      events_.progress({.epoch = state_.epoch,
                        .share = samples / static_cast<double>(order.size()),
                        .loss = state_.samples == 0 ? 0 : state_.sum.loss / samples,
                        .samples_per_second = samples / state_.seconds});
      if (events_.interrupted()) return false;
      if (SecondsSince(last_checkpoint_) >= options_.checkpoint_seconds) TellState();
      const auto first = static_cast<size_t>(state_.samples);
      GOLDCREST_RETURN_IF_ERROR(
          Step(order.subspan(first, std::min(targets_.size(), order.size() - first))));
      if (!std::isfinite(state_.sum.loss)) break;
      state_.seconds = before + SecondsSince(start);
    }
    return true;
  }

  Status Step(std::span<const int64_t> batch) {
    const std::span<Target> targets = std::span(targets_).first(batch.size());
    GOLDCREST_RETURN_IF_ERROR(training_.Fill(batch, state_.epoch, network_.input(), targets));
    network_.Forward(std::ssize(batch), true, static_cast<uint64_t>(optimizer_.steps()));
    const size_t logits = batch.size() * static_cast<size_t>(network_.output_elements());
    const LossSum loss = CrossEntropy(network_.output().first(logits), targets, options_.loss,
                                      network_.output_gradient().first(logits));
    state_.sum.loss += loss.loss;
    state_.sum.correct += loss.correct;
    state_.samples += std::ssize(batch);
    if (!std::isfinite(loss.loss)) return {};
    network_.Backward();
    state_.rate = schedule_.At(optimizer_.steps());
    optimizer_.Step(state_.rate, pool_);
    MoveAverage();
    return {};
  }

  void MoveAverage() {
    if (state_.average.empty()) return;
    const auto kept = static_cast<float>(options_.average);
    const std::span<const float> now = parameters_.learned();
    for (size_t i = 0; i < now.size(); ++i) {
      state_.average[i] = kept * state_.average[i] + (1 - kept) * now[i];
    }
  }

  // What is judged and kept is the average, where there is one.
  void SwapAverage() { std::ranges::swap_ranges(state_.average, parameters_.learned()); }

  void Keep(double loss) {
    SwapAverage();
    state_.kept_loss = loss;
    state_.kept_epoch = state_.epoch;
    state_.kept.assign(parameters_.elements().begin(), parameters_.elements().end());
    SwapAverage();
  }

  void TellState() {
    if (!events_.checkpoint) return;
    FitState state = state_;
    state.steps = optimizer_.steps();
    state.elements.assign(parameters_.elements().begin(), parameters_.elements().end());
    state.optimizer.assign(optimizer_.state().begin(), optimizer_.state().end());
    events_.checkpoint(std::move(state));
    last_checkpoint_ = Clock::now();
  }

  std::optional<Ending> Interrupted() {
    TellState();
    return Ending::kInterrupted;
  }

  Result<std::optional<Ending>> Diverged(std::string_view infinite) {
    infinite_ = infinite;
    if (!state_.kept.empty()) return Ending::kDiverged;
    return Invalid(infinite, " became infinite in epoch ", state_.epoch,
                   "; choose a smaller --learning-rate (it is ", options_.rate,
                   ") or --clip-norm 1");
  }

  std::optional<Ending> EndingAfter(const EpochReport& done) const {
    if (!done.validation) return std::nullopt;
    if (options_.stop_at > 0 && done.validation->accuracy >= options_.stop_at) {
      return Ending::kAccuracy;
    }
    if (options_.patience > 0 && done.epoch - state_.kept_epoch >= options_.patience) {
      return Ending::kPatience;
    }
    return std::nullopt;
  }

  Network& network_;
  Parameters& parameters_;
  BatchSource& training_;
  BatchSource* validation_;
  const FitOptions& options_;
  const FitEvents& events_;
  base::ThreadPool& pool_;
  Optimizer optimizer_;
  Schedule schedule_;
  std::vector<Target> targets_;
  const int64_t infinite_at_first_;  // of all parameters
  std::string_view infinite_;
  FitState state_;  // but for what the network and the optimizer have
  Clock::time_point last_checkpoint_ = Clock::now();
};

}  // namespace

Result<FitReport> Fit(Network& network, BatchSource& training, BatchSource* validation,
                      const FitOptions& options, const FitEvents& events, base::ThreadPool& pool,
                      const FitState* from) {
  GOLDCREST_TRY(Optimizer optimizer, Optimizer::Create(options.optimizer, network.parameters()));
  Fitting fitting(network, training, validation, options, events, pool, std::move(optimizer));
  if (from != nullptr) GOLDCREST_RETURN_IF_ERROR(fitting.GoOnFrom(*from));
  return fitting.Run();
}

Result<std::optional<Score>> Measure(Network& network, BatchSource& source,
                                     const LossOptions& options,
                                     const std::function<bool(double share)>& proceed,
                                     Confusion* confusion) {
  const auto size = static_cast<size_t>(network.batch());
  const auto count = static_cast<double>(source.size());
  std::vector<int64_t> order(static_cast<size_t>(source.size()));
  std::iota(order.begin(), order.end(), int64_t{0});
  source.Prepare(order, 0);
  std::vector<Target> targets(size);
  const auto classes = static_cast<size_t>(network.output_elements());
  if (confusion != nullptr) confusion->assign(classes, std::vector<int64_t>(classes, 0));
  LossSum sum;
  for (size_t first = 0; first < order.size(); first += size) {
    if (!proceed(static_cast<double>(first) / count)) return std::nullopt;
    const std::span<const int64_t> samples =
        std::span(order).subspan(first, std::min(size, order.size() - first));
    const std::span<Target> wanted = std::span(targets).first(samples.size());
    GOLDCREST_RETURN_IF_ERROR(source.Fill(samples, 0, network.input(), wanted));
    network.Forward(std::ssize(samples), false, 0);
    const std::span<const float> logits = network.output().first(samples.size() * classes);
    const LossSum loss = CrossEntropy(logits, wanted, options, {});
    sum.loss += loss.loss;
    sum.correct += loss.correct;
    if (confusion == nullptr) continue;
    for (size_t i = 0; i < samples.size(); ++i) {
      const int64_t answer = tensor::ArgMax(logits.subspan(i * classes, classes));
      ++(*confusion)[static_cast<size_t>(wanted[i].label)][static_cast<size_t>(answer)];
    }
  }
  return Score{sum.loss / count, static_cast<double>(sum.correct) / count};
}

}  // namespace goldcrest::train
