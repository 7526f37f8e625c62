#include "pipeline/tune.h"

#include <algorithm>
#include <limits>

#include "pipeline/kernel_tables.h"
#include "pipeline/speed_difference.h"
#include "pipeline/stopwatch.h"
#include "pipeline/tuned_session.h"

namespace goldcrest::pipeline {
namespace {

using ShowProgress = std::function<void(const BenchmarkProgress&)>;

constexpr int kTuningRounds = 15;
constexpr double kRoundMs = 25;
// What a row must win at least, however quiet the machine: of many rows one looks a little faster.
constexpr double kLeastGain = 0.02;
constexpr double kShareOfRows = 0.6;  // of the work

// A layer of the model, wherever it occurs.
struct MeasuredLayer {
  std::string key;
  std::vector<size_t> steps;
  std::vector<RowRounds> rows;  // that chosen by rule first
};

class RowTuner {
 public:
  RowTuner(const BenchmarkOptions& options, const TuningMeter& meter)
      : options_(options), meter_(meter) {}

  // The kernel by layer where one is faster than what is chosen by rule.
  Result<KernelsByLayer> Tune(const api::Session& standard, const ShowProgress& progress) {
    FindLayers(standard);
    GOLDCREST_RETURN_IF_ERROR(MakeContestants(standard));
    for (int round = 0; round < kTuningRounds; ++round) {
      progress({kShareOfRows * round / kTuningRounds, "measuring kernels"});
      for (size_t i = 0; i < contestants_.size(); ++i) {
        Measure((i + static_cast<size_t>(round)) % contestants_.size());
      }
    }
    KernelsByLayer kernels;
    for (const MeasuredLayer& layer : layers_) {
      std::string fastest = FastestKernel(layer.rows);
      if (fastest != layer.rows.front().kernel) kernels[layer.key] = std::move(fastest);
    }
    return kernels;
  }

  // Those that have several kernels.
  std::vector<TunedLayer> Layers(const KernelsByLayer& taken) const {
    std::vector<TunedLayer> layers;
    for (const MeasuredLayer& layer : layers_) {
      if (layer.rows.size() < 2) continue;
      TunedLayer tuned{.layer = layer.key,
                       .steps = std::ssize(layer.steps),
                       .standard = layer.rows.front().kernel,
                       .kernel = layer.rows.front().kernel};
      if (const auto found = taken.find(layer.key); found != taken.end()) {
        tuned.kernel = found->second;
      }
      for (const RowRounds& row : layer.rows) {
        tuned.row_us.emplace_back(row.kernel, Summarize(row.us).median);
      }
      std::ranges::stable_sort(tuned.row_us, {}, &std::pair<std::string, double>::second);
      layers.push_back(std::move(tuned));
    }
    return layers;
  }

 private:
  struct Contestant {
    api::Session session;
    KernelsByLayer kernels;
  };

  void FindLayers(const api::Session& standard) {
    for (size_t i = 0; i < standard.executor().step_count(); ++i) {
      const auto step = standard.executor().step(i);
      const graph::Graph& graph = standard.graph();
      std::string key = LayerKey(graph, graph.nodes[static_cast<size_t>(step.group.nodes[0])]);
      auto layer = std::ranges::find(layers_, key, &MeasuredLayer::key);
      if (layer == layers_.end()) {
        layer = layers_.insert(layers_.end(), {std::move(key), {}, {{step.kernel, {}}}});
      }
      layer->steps.push_back(i);
    }
  }

  // One that has what is chosen by rule, then one for each further row of the longest table.
  Status MakeContestants(const api::Session& standard) {
    std::vector<KernelsByLayer> turns(1);
    for (const MeasuredLayer& layer : layers_) {
      size_t turn = 0;
      for (const KernelRow& row : KernelTableWith(layer.rows.front().kernel)) {
        if (row.name == layer.rows.front().kernel || row.isa == base::Isa::kScalar ||
            !base::Covers(standard.isa(), row.isa)) {
          continue;
        }
        if (++turn == turns.size()) turns.emplace_back();
        turns[turn][layer.key] = row.name;
      }
    }
    for (KernelsByLayer& kernels : turns) {
      GOLDCREST_TRY(api::Session session, TunedSession(options_, kernels, true, &standard));
      KernelsByLayer run = Taken(session, kernels);
      if (!run.empty() || contestants_.empty()) {
        contestants_.push_back({std::move(session), std::move(run)});
      }
    }
    return {};
  }

  // Those that run in all steps of their layer: that do not refuse.
  KernelsByLayer Taken(const api::Session& session, KernelsByLayer kernels) const {
    for (const MeasuredLayer& layer : layers_) {
      const auto wanted = kernels.find(layer.key);
      if (wanted == kernels.end()) continue;
      const auto runs = [&](size_t i) {
        return session.executor().step(i).kernel == wanted->second;
      };
      if (!std::ranges::all_of(layer.steps, runs)) kernels.erase(wanted);
    }
    return kernels;
  }

  // A round of one contestant.
  void Measure(size_t index) {
    Contestant& contestant = contestants_[index];
    const size_t count = contestant.session.executor().step_count();
    std::vector<int64_t> nanoseconds(count);
    std::vector<int64_t> least(count, std::numeric_limits<int64_t>::max());
    meter_.steps(contestant.session, nanoseconds);  // another has had the caches
    double ms = 0;
    for (int run = 0; run < 3 || (ms < kRoundMs && run < 100); ++run) {
      meter_.steps(contestant.session, nanoseconds);
      for (size_t i = 0; i < count; ++i) {
        least[i] = std::min(least[i], nanoseconds[i]);
        ms += static_cast<double>(nanoseconds[i]) / 1e6;
      }
    }
    for (MeasuredLayer& layer : layers_) {
      const auto found = contestant.kernels.find(layer.key);
      if (index > 0 && found == contestant.kernels.end()) continue;
      int64_t sum = 0;
      for (size_t i : layer.steps) sum += least[i];
      RowsOf(layer, index == 0 ? layer.rows.front().kernel : found->second)
          .us.push_back(static_cast<double>(sum) / 1e3);
    }
  }

  static RowRounds& RowsOf(MeasuredLayer& layer, const std::string& kernel) {
    const auto found = std::ranges::find(layer.rows, kernel, &RowRounds::kernel);
    if (found != layer.rows.end()) return *found;
    return layer.rows.emplace_back(kernel);
  }

  const BenchmarkOptions& options_;
  const TuningMeter& meter_;
  std::vector<MeasuredLayer> layers_;
  std::vector<Contestant> contestants_;
};

// A way to run the whole model.
struct Way {
  KernelsByLayer kernels;
  bool bands = true;
  std::vector<double> round_ms;
};

bool HasBands(const api::Session& session) {
  const auto mixes = [](const runtime::Band& band) { return !band.items.empty(); };
  return std::ranges::any_of(session.executor().bands(), mixes);
}

// The first unless another is faster by more than the noise.
const Way& FastestWay(const std::vector<Way>& ways) {
  const Way* fastest = &ways.front();
  double least = 1;
  for (const Way& way : ways) {
    const SpeedDifference difference = CompareSpeed(ways.front().round_ms, way.round_ms);
    if (difference.verdict != SpeedVerdict::kFaster || difference.ratio >= least) continue;
    fastest = &way;
    least = difference.ratio;
  }
  return *fastest;
}

Status MeasureWays(const BenchmarkOptions& options, const TuningMeter& meter,
                   const api::Session& standard, std::vector<Way>& ways,
                   const ShowProgress& progress) {
  std::vector<api::Session> sessions;
  for (const Way& way : ways) {
    GOLDCREST_TRY(auto session, TunedSession(options, way.kernels, way.bands, &standard));
    sessions.push_back(std::move(session));
  }
  for (int round = 0; round < kTuningRounds; ++round) {
    progress({kShareOfRows + (1 - kShareOfRows) * round / kTuningRounds, "measuring whole runs"});
    for (size_t turn = 0; turn < ways.size(); ++turn) {
      const size_t i = (turn + static_cast<size_t>(round)) % ways.size();
      meter.whole(sessions[i]);
      double least = std::numeric_limits<double>::infinity();
      double ms = 0;
      for (int run = 0; run < 3 || (ms < kRoundMs && run < 100); ++run) {
        const double one = meter.whole(sessions[i]);
        least = std::min(least, one);
        ms += one;
      }
      ways[i].round_ms.push_back(least);
    }
  }
  return {};
}

}  // namespace

TuningMeter ClockMeter() {
  return {.steps = [](api::Session& session,
                      std::span<int64_t> nanoseconds) { session.RunTimed(nanoseconds); },
          .whole =
              [](api::Session& session) {
                const Clock::time_point start = Clock::now();
                session.Run();
                return MillisecondsSince(start);
              }};
}

std::string FastestKernel(std::span<const RowRounds> rows) {
  const RowRounds* fastest = &rows.front();
  double least = 1;
  for (const RowRounds& row : rows.subspan(1)) {
    const SpeedDifference difference = CompareSpeed(rows.front().us, row.us);
    if (difference.verdict != SpeedVerdict::kFaster || difference.ratio >= least ||
        difference.range->high > 1 - kLeastGain) {
      continue;
    }
    fastest = &row;
    least = difference.ratio;
  }
  return fastest->kernel;
}

Result<TuningFile> Tune(const BenchmarkOptions& options, const TuningMeter& meter,
                        const ShowProgress& progress) {
  progress({0, "preparing kernels"});
  GOLDCREST_TRY(const api::Session standard, TunedSession(options, {}, true, nullptr));
  RowTuner tuner(options, meter);
  GOLDCREST_TRY(const KernelsByLayer kernels, tuner.Tune(standard, progress));
  std::vector<Way> ways(1);
  if (!kernels.empty()) ways.push_back({kernels, true, {}});
  if (HasBands(standard)) ways.push_back({{}, false, {}});
  if (ways.size() == 3) ways.push_back({kernels, false, {}});
  GOLDCREST_RETURN_IF_ERROR(MeasureWays(options, meter, standard, ways, progress));
  const Way& fastest = FastestWay(ways);
  GOLDCREST_TRY(TunedFor made_for,
                TunedForThis(options.threads, options.arithmetic, options.precision));
  return TuningFile{.made_for = std::move(made_for),
                    .model = options.models.front(),
                    .default_ms = Summarize(ways.front().round_ms).median,
                    .tuned_ms = Summarize(fastest.round_ms).median,
                    .bands = fastest.bands,
                    .layers = tuner.Layers(fastest.kernels)};
}

}  // namespace goldcrest::pipeline
