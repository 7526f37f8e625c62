#include "train/fit.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "base/random.h"

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

class Fitting {
 public:
  Fitting(Network& network, BatchSource& training, BatchSource* validation,
          const FitOptions& options, const FitEvents& events, base::ThreadPool& pool,
          Optimizer optimizer)
      : network_(network),
        training_(training),
        validation_(validation),
        options_(options),
        events_(events),
        pool_(pool),
        optimizer_(std::move(optimizer)),
        targets_(static_cast<size_t>(network.batch())) {
    const int64_t steps = (training.size() + network.batch() - 1) / network.batch();
    schedule_ = {.rate = options.rate,
                 .decay = options.decay,
                 .warm_up = static_cast<int64_t>(options.warm_up * static_cast<double>(steps)),
                 .steps = steps * options.epochs};
    if (options.average > 0) {
      average_.assign(network.parameters().learned().begin(), network.parameters().learned().end());
    }
  }

  Result<FitReport> Run() {
    FitReport report;
    for (int64_t epoch = 1; epoch <= options_.epochs; ++epoch) {
      const auto start = std::chrono::steady_clock::now();
      EpochReport done{.epoch = epoch};
      GOLDCREST_TRY(const bool finished, Learn(epoch, done));
      if (!finished) {
        report.ending = Ending::kInterrupted;
        break;
      }
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      done.samples_per_second = static_cast<double>(training_.size()) / elapsed.count();
      GOLDCREST_TRY(const bool finite, Judge(done));
      if (!finite) {
        report.ending = Ending::kDiverged;
        if (kept_.empty()) return Diverged(epoch);
        break;
      }
      report.epochs.push_back(done);
      GOLDCREST_RETURN_IF_ERROR(events_.epoch_done(done));
      if (ShouldStop(done, report)) break;
    }
    if (!kept_.empty()) {
      std::ranges::copy(kept_, network_.parameters().elements().begin());
      if (validation_ != nullptr) report.best_epoch = kept_epoch_;
    }
    return report;
  }

 private:
  // One epoch; false where it was interrupted.
  Result<bool> Learn(int64_t epoch, EpochReport& done) {
    const std::vector<int64_t> order = Shuffled(training_.size(), options_.seed, epoch);
    training_.Prepare(order, epoch);
    const auto size = static_cast<size_t>(network_.batch());
    LossSum sum;
    const auto start = std::chrono::steady_clock::now();
    for (size_t first = 0; first < order.size(); first += size) {
      if (events_.interrupted()) return false;
      const auto done_samples = static_cast<double>(first);
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      events_.progress({.epoch = epoch,
                        .share = done_samples / static_cast<double>(order.size()),
                        .loss = first == 0 ? 0 : sum.loss / done_samples,
                        .samples_per_second = done_samples / elapsed.count()});
      const std::span<const int64_t> batch =
          std::span(order).subspan(first, std::min(size, order.size() - first));
      const std::span<Target> targets = std::span(targets_).first(batch.size());
      GOLDCREST_RETURN_IF_ERROR(training_.Fill(batch, epoch, network_.input(), targets));
      const auto step = static_cast<uint64_t>(optimizer_.steps());
      network_.Forward(std::ssize(batch), true, step);
      const size_t logits = batch.size() * static_cast<size_t>(network_.output_elements());
      const LossSum loss = CrossEntropy(network_.output().first(logits), targets, options_.loss,
                                        network_.output_gradient().first(logits));
      sum.loss += loss.loss;
      sum.correct += loss.correct;
      if (!std::isfinite(loss.loss)) break;
      network_.Backward();
      done.rate = schedule_.At(optimizer_.steps());
      optimizer_.Step(done.rate, pool_);
      MoveAverage();
    }
    const auto count = static_cast<double>(order.size());
    done.training = {sum.loss / count, static_cast<double>(sum.correct) / count};
    return true;
  }

  void MoveAverage() {
    if (average_.empty()) return;
    const auto kept = static_cast<float>(options_.average);
    const std::span<const float> now = network_.parameters().learned();
    for (size_t i = 0; i < average_.size(); ++i) {
      average_[i] = kept * average_[i] + (1 - kept) * now[i];
    }
  }

  // Validates, and keeps the parameters where they are the best so far; false where a loss is no
  // finite number.
  Result<bool> Judge(EpochReport& done) {
    if (!std::isfinite(done.training.loss)) return false;
    Parameters& parameters = network_.parameters();
    std::vector<float> own;
    if (!average_.empty()) {
      own.assign(parameters.learned().begin(), parameters.learned().end());
      std::ranges::copy(average_, parameters.learned().begin());
    }
    if (validation_ != nullptr) {
      GOLDCREST_TRY(done.validation, Measure(network_, *validation_, {}));
    }
    const double loss = done.validation ? done.validation->loss : -static_cast<double>(done.epoch);
    const bool finite = std::isfinite(loss);
    if (finite && (kept_.empty() || loss < kept_loss_)) {
      kept_loss_ = loss;
      kept_epoch_ = done.epoch;
      kept_.assign(parameters.elements().begin(), parameters.elements().end());
      done.best = true;
    }
    if (!own.empty()) std::ranges::copy(own, parameters.learned().begin());
    return finite;
  }

  bool ShouldStop(const EpochReport& done, FitReport& report) const {
    if (!done.validation) return false;
    if (options_.stop_at > 0 && done.validation->accuracy >= options_.stop_at) {
      report.ending = Ending::kAccuracy;
      return true;
    }
    if (options_.patience > 0 && done.epoch - kept_epoch_ >= options_.patience) {
      report.ending = Ending::kPatience;
      return true;
    }
    return false;
  }

  std::unexpected<Error> Diverged(int64_t epoch) const {
    return Fail(ErrorCode::kInvalid, "the loss became infinite in epoch ", epoch,
                "; choose a smaller --learning-rate (it is ", options_.rate, ") or --clip-norm 1");
  }

  Network& network_;
  BatchSource& training_;
  BatchSource* validation_;
  const FitOptions& options_;
  const FitEvents& events_;
  base::ThreadPool& pool_;
  Optimizer optimizer_;
  Schedule schedule_;
  std::vector<Target> targets_;
  std::vector<float> average_;
  std::vector<float> kept_;  // all parameters of the best epoch
  double kept_loss_ = 0;
  int64_t kept_epoch_ = 0;
};

}  // namespace

Result<FitReport> Fit(Network& network, BatchSource& training, BatchSource* validation,
                      const FitOptions& options, const FitEvents& events, base::ThreadPool& pool) {
  GOLDCREST_TRY(Optimizer optimizer, Optimizer::Create(options.optimizer, network.parameters()));
  return Fitting(network, training, validation, options, events, pool, std::move(optimizer)).Run();
}

Result<Score> Measure(Network& network, BatchSource& source, const LossOptions& options) {
  const auto size = static_cast<size_t>(network.batch());
  std::vector<int64_t> order(static_cast<size_t>(source.size()));
  std::iota(order.begin(), order.end(), int64_t{0});
  source.Prepare(order, 0);
  std::vector<Target> targets(size);
  LossSum sum;
  for (size_t first = 0; first < order.size(); first += size) {
    const std::span<const int64_t> samples =
        std::span(order).subspan(first, std::min(size, order.size() - first));
    const std::span<Target> wanted = std::span(targets).first(samples.size());
    GOLDCREST_RETURN_IF_ERROR(source.Fill(samples, 0, network.input(), wanted));
    network.Forward(std::ssize(samples), false, 0);
    const size_t logits = samples.size() * static_cast<size_t>(network.output_elements());
    const LossSum loss = CrossEntropy(network.output().first(logits), wanted, options, {});
    sum.loss += loss.loss;
    sum.correct += loss.correct;
  }
  const auto count = static_cast<double>(source.size());
  return Score{sum.loss / count, static_cast<double>(sum.correct) / count};
}

}  // namespace goldcrest::train
