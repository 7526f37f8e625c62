#include "quantize/output_error.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include "base/make_each.h"
#include "graph/infer.h"
#include "quantize/node_alone.h"
#include "quantize/parameters.h"

namespace goldcrest::quantize {
namespace {

using graph::ValueId;

constexpr int64_t kSamples = 8;

struct Power {
  double signal = 0;
  double noise = 0;

  void Add(std::span<const float> real, std::span<const float> rounded) {
    // By blocks: float sums of a few numbers are exact enough, and fast.
    constexpr size_t kBlock = 64;
    const size_t whole = real.size() / kBlock * kBlock;
    for (size_t first = 0; first < whole; first += kBlock) {
      AddBlock(real.subspan(first, kBlock), rounded.subspan(first, kBlock));
    }
    for (size_t i = whole; i < real.size(); ++i) {
      AddBlock(real.subspan(i, 1), rounded.subspan(i, 1));
    }
  }

  void AddBlock(std::span<const float> real, std::span<const float> rounded) {
    // Side by side, so that an addition need not wait for the one before.
    constexpr size_t kSums = 8;
    std::array<float, kSums> signals{};
    std::array<float, kSums> noises{};
    for (size_t first = 0; first < real.size(); first += kSums) {
      for (size_t sum = 0; sum < std::min(kSums, real.size() - first); ++sum) {
        const float x = real[first + sum];
        const float error = rounded[first + sum] - x;
        signals[sum] += x * x;
        noises[sum] += error * error;
      }
    }
    signal += std::accumulate(signals.begin(), signals.end(), 0.0F);
    noise += std::accumulate(noises.begin(), noises.end(), 0.0F);
  }
};

// What reads or is of one group.
struct Group {
  std::vector<size_t> readers;               // nodes
  std::vector<ValueId> outputs;              // of the model
  std::vector<runtime::Executor> executors;  // by reader
  std::vector<std::vector<Power>> powers;    // by candidate, by reader, then by output
  std::vector<float> rounded;                // reused
};

class ErrorMeasurement {
 public:
  ErrorMeasurement(const graph::Graph& graph, const Scheme& scheme, const Candidates& candidates,
                   const Environment& environment)
      : graph_(graph),
        scheme_(scheme),
        candidates_(candidates),
        environment_(environment),
        groups_(candidates.size()) {}

  Status Prepare() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const graph::Node& node = graph_.nodes[i];
      if (!IsActivation(graph_.value(node.output))) continue;
      for (size_t group = 0; group < groups_.size(); ++group) {
        const bool reads = std::ranges::any_of(node.inputs, [&](ValueId id) {
          return IsActivation(graph_.value(id)) && InGroup(id, group);
        });
        if (reads && candidates_[group].size() > 1) {
          groups_[group].readers.push_back(i);
        }
      }
    }
    for (ValueId id : graph_.outputs) {
      const int32_t group = scheme_.group_of[static_cast<size_t>(id)];
      if (group >= 0) groups_[static_cast<size_t>(group)].outputs.push_back(id);
    }
    std::vector<size_t> readers;  // of all groups
    for (size_t group = 0; group < groups_.size(); ++group) {
      Group& g = groups_[group];
      readers.insert(readers.end(), g.readers.begin(), g.readers.end());
      g.powers.assign(candidates_[group].size(),
                      std::vector<Power>(g.readers.size() + g.outputs.size()));
    }
    GOLDCREST_TRY(
        auto executors, base::MakeEach(*environment_.pool, std::ssize(readers), [&](int64_t i) {
          return MakeNodeAlone(graph_, readers[static_cast<size_t>(i)], {}, *environment_.backend);
        }));
    auto next = std::make_move_iterator(executors.begin());
    for (Group& g : groups_) {
      const auto count = std::ssize(g.readers);
      g.executors.assign(next, next + count);
      next += count;
    }
    return {};
  }

  // Of a sample that `whole`, which keeps all values, has just run.
  void Add(const runtime::Executor& whole) {
    environment_.pool->ForEach(std::ssize(groups_), [&](int64_t i) noexcept {
      const auto group = static_cast<size_t>(i);
      if (candidates_[group].size() < 2) return;
      for (size_t c = 0; c < candidates_[group].size(); ++c) Add(whole, group, c);
    });
  }

  std::vector<tensor::Quantization> Best() const {
    std::vector<tensor::Quantization> best;
    best.reserve(groups_.size());
    for (size_t group = 0; group < groups_.size(); ++group) {
      auto error = [](const std::vector<Power>& powers) {
        double sum = 0;
        for (const Power& power : powers) sum += power.signal > 0 ? power.noise / power.signal : 0;
        return sum;
      };
      const auto least = std::ranges::min_element(groups_[group].powers, {}, error);
      best.push_back(
          candidates_[group][static_cast<size_t>(least - groups_[group].powers.begin())]);
    }
    return best;
  }

 private:
  bool InGroup(ValueId id, size_t group) const {
    return scheme_.group_of[static_cast<size_t>(id)] == static_cast<int32_t>(group);
  }

  void Add(const runtime::Executor& whole, size_t group, size_t candidate) noexcept {
    Group& g = groups_[group];
    const tensor::Quantization& parameters = candidates_[group][candidate];
    std::vector<Power>& powers = g.powers[candidate];
    for (size_t r = 0; r < g.readers.size(); ++r) {
      const graph::Node& node = graph_.nodes[g.readers[r]];
      runtime::Executor& executor = g.executors[r];
      size_t next = 0;
      for (ValueId id : node.inputs) {
        if (!IsActivation(graph_.value(id))) continue;
        std::span<float> input = executor.input(next++).As<float>();
        std::ranges::copy(whole.value(id)->As<float>(), input.begin());
        if (InGroup(id, group)) RoundToGrid(parameters, scheme_.dtype, input);
      }
      executor.Run();
      powers[r].Add(whole.value(node.output)->As<float>(), executor.output(0).As<float>());
    }
    for (size_t o = 0; o < g.outputs.size(); ++o) {
      std::span<const float> real = whole.value(g.outputs[o])->As<float>();
      g.rounded.assign(real.begin(), real.end());
      RoundToGrid(parameters, scheme_.dtype, g.rounded);
      powers[g.readers.size() + o].Add(real, g.rounded);
    }
  }

  const graph::Graph& graph_;
  const Scheme& scheme_;
  const Candidates& candidates_;
  const Environment& environment_;
  std::vector<Group> groups_;
};

}  // namespace

Result<std::vector<tensor::Quantization>> ChooseByOutputError(const graph::Graph& graph,
                                                              const Scheme& scheme,
                                                              const Candidates& candidates,
                                                              const Environment& environment) {
  graph::Graph bound = graph;
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(bound));
  GOLDCREST_TRY(runtime::Executor whole,
                runtime::Executor::Create(bound, *environment.backend,
                                          {.pool = environment.pool, .keep_all_values = true}));
  ErrorMeasurement measurement(bound, scheme, candidates, environment);
  GOLDCREST_RETURN_IF_ERROR(measurement.Prepare());
  const int64_t count = environment.samples->count();
  const int64_t taken = std::min(kSamples, count);
  for (int64_t i = 0; i < taken; ++i) {
    environment.progress(static_cast<double>(i) / static_cast<double>(taken), "choosing ranges");
    // Evenly apart.
    GOLDCREST_RETURN_IF_ERROR(environment.samples->Read(i * count / taken, whole.input(0)));
    whole.Run();
    measurement.Add(whole);
  }
  return measurement.Best();
}

}  // namespace goldcrest::quantize
