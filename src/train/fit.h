// The loop of training.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/fit_state.h"
#include "train/loss.h"
#include "train/network.h"
#include "train/optimizer.h"
#include "train/schedule.h"

namespace goldcrest::train {

// Where batches come from.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  virtual int64_t size() const = 0;  // samples
  // Told before the first batch of an epoch: the samples in the order in which they will be asked
  // for. It is no promise; an epoch may be broken off.
  virtual void Prepare(std::span<const int64_t> order, int64_t epoch) {
    static_cast<void>(order);
    static_cast<void>(epoch);
  }
  // Fills the inputs of a batch, side by side, and says where its samples belong. `epoch` tells
  // one time that a sample is seen from another.
  virtual Status Fill(std::span<const int64_t> samples, int64_t epoch, std::span<float> inputs,
                      std::span<Target> targets) = 0;
};

struct FitOptions {
  int64_t epochs = 20;
  OptimizerOptions optimizer;
  double rate = 1e-3;
  Decay decay = Decay::kConstant;
  double warm_up = 0;  // epochs
  LossOptions loss;
  double average = 0;    // decay of a moving average of parameters, which is what is kept; 0: none
  int64_t patience = 0;  // epochs without a better validation loss before the end; 0: any number
  double stop_at = 0;    // validation accuracy at which training ends; 0: none
  double checkpoint_seconds = 60;  // between checkpoints; 0: one after each step
  uint64_t seed = 0;
};

enum class Ending : uint8_t { kEpochs, kPatience, kAccuracy, kInterrupted, kDiverged };

struct FitReport {
  std::vector<EpochReport> epochs;
  std::optional<int64_t> best_epoch;  // of validation; the network is left as it was then
  Ending ending = Ending::kEpochs;
  std::string_view infinite;  // where it diverged, what became so: "the loss", "a parameter"
};

// How far an epoch is.
struct StepReport {
  int64_t epoch = 0;
  double share = 0;  // of the epoch, or of the validation after it
  double loss = 0;   // mean of the epoch so far
  double samples_per_second = 0;
  bool validating = false;
};

struct FitEvents {
  std::function<void(const StepReport& report)> progress;
  std::function<Status(const EpochReport& report)> epoch_done;
  std::function<bool()> interrupted;
  // From time to time, and where it is interrupted.
  std::function<void(FitState state)> checkpoint;
};

// Trains the network, and leaves it with the parameters of the best epoch by validation loss, or of
// the last where there is no validation. A loss that is no finite number, or a parameter that has
// become none by the end of an epoch, ends it (kDiverged) with what was best before; an error where
// there was nothing before. Where it is interrupted before its first epoch is over (kInterrupted),
// the parameters are as they are then. With a state `from` which a run of the same network, sources
// and options has told, it goes on from there; an error where that is of another network.
Result<FitReport> Fit(Network& network, BatchSource& training, BatchSource* validation,
                      const FitOptions& options, const FitEvents& events, base::ThreadPool& pool,
                      const FitState* from = nullptr);

// Samples by label and answer: [label][answer].
using Confusion = std::vector<std::vector<int64_t>>;

// Mean loss and accuracy of the network as it would run. `proceed` is told the share that is done
// and says whether to go on; where it does not, there is no score. A `confusion` becomes that of
// the samples.
Result<std::optional<Score>> Measure(Network& network, BatchSource& source,
                                     const LossOptions& options,
                                     const std::function<bool(double share)>& proceed,
                                     Confusion* confusion = nullptr);

}  // namespace goldcrest::train
