#include "pipeline/layer_losses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "api/constants.h"
#include "backends/cpu/cpu_backend.h"
#include "base/make_each.h"
#include "data/input_reader.h"
#include "graph/infer.h"
#include "runtime/executor.h"
#include "tensor/reals.h"

namespace goldcrest::pipeline {
namespace {

// A value that both models have.
struct Watched {
  graph::ValueId real;
  graph::ValueId quantized;
};

struct Power {
  double signal = 0;
  double noise = 0;

  double ratio() const { return signal > 0 ? noise / signal : 0; }

  void Add(std::span<const float> real, std::span<const float> quantized) {
    // Side by side, so that an addition need not wait for the one before.
    constexpr size_t kSums = 8;
    std::array<double, kSums> signals{};
    std::array<double, kSums> noises{};
    auto add = [&](size_t sum, size_t i) {
      const double x = real[i];
      const double error = quantized[i] - x;
      signals[sum] += x * x;
      noises[sum] += error * error;
    };
    const size_t whole = real.size() / kSums * kSums;
    for (size_t first = 0; first < whole; first += kSums) {
      for (size_t sum = 0; sum < kSums; ++sum) add(sum, first + sum);
    }
    for (size_t i = whole; i < real.size(); ++i) add(0, i);
    signal = std::accumulate(signals.begin(), signals.end(), signal);
    noise = std::accumulate(noises.begin(), noises.end(), noise);
  }
};

// Both models, for one thread.
struct Twins {
  runtime::Executor real;
  runtime::Executor quantized;
  std::vector<float> reals;  // reused
};

Result<runtime::Executor> MakeExecutor(graph::Graph graph) {
  api::PrepareToRun(graph);
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(graph));
  GOLDCREST_TRY(const base::Isa isa, base::AllowedIsa());
  return runtime::Executor::Create(std::move(graph), backends::cpu::CpuBackend(isa),
                                   {.keep_all_values = true});
}

// By layer of the reference; layers whose results another has not, under their names, are left out.
std::vector<std::pair<size_t, Watched>> FindWatched(const graph::Graph& real,
                                                    const graph::Graph& quantized) {
  std::map<std::string_view, graph::ValueId> by_name;
  for (const graph::Node& node : quantized.nodes) {
    by_name.emplace(quantized.NameOf(node), node.output);
  }
  std::vector<std::pair<size_t, Watched>> watched;
  for (size_t i = 0; i < real.nodes.size(); ++i) {
    const graph::Node& node = real.nodes[i];
    const auto found = by_name.find(real.NameOf(node));
    if (found == by_name.end() || real.value(node.output).dtype != tensor::DType::kFloat32 ||
        quantize::IsShapeComputation(real, node)) {
      continue;
    }
    watched.push_back({i, {node.output, found->second}});
  }
  return watched;
}

Status Measure(Twins& twins, const quantize::Samples& samples, int64_t sample,
               const std::vector<std::pair<size_t, Watched>>& watched, std::span<Power> powers) {
  GOLDCREST_RETURN_IF_ERROR(samples.Read(sample, twins.real.input(0)));
  const graph::Graph& graph = twins.quantized.graph();
  GOLDCREST_RETURN_IF_ERROR(data::FillInput(twins.real.input(0).As<float>(),
                                            graph.value(graph.inputs[0]).quantization,
                                            twins.quantized.input(0)));
  twins.real.Run();
  twins.quantized.Run();
  for (size_t i = 0; i < watched.size(); ++i) {
    const Watched& value = watched[i].second;
    const tensor::TensorView real = *twins.real.value(value.real);
    const tensor::TensorView quantized = *twins.quantized.value(value.quantized);
    GOLDCREST_RETURN_IF_ERROR(
        tensor::ReadReals(quantized, graph.value(value.quantized).quantization, twins.reals));
    std::span<const float> expected = real.As<float>();
    if (expected.size() == twins.reals.size()) powers[i].Add(expected, twins.reals);
  }
  return {};
}

std::vector<LayerLoss> Report(const graph::Graph& graph, const graph::Graph& quantized,
                              const std::vector<std::pair<size_t, Watched>>& watched,
                              const std::vector<Power>& powers) {
  std::vector<double> noise_of(graph.values.size(), 0);
  std::vector<LayerLoss> losses;
  losses.reserve(watched.size());
  for (size_t i = 0; i < watched.size(); ++i) {
    const auto& [index, value] = watched[i];
    const graph::Node& node = graph.nodes[index];
    const double ratio = powers[i].ratio();
    double before = 0;
    for (graph::ValueId id : node.inputs)
      before = std::max(before, noise_of[static_cast<size_t>(id)]);
    noise_of[static_cast<size_t>(node.output)] = ratio;
    losses.push_back(
        {.name = graph.NameOf(node),
         .op = graph::NameOf(node.op),
         .dtype = quantized.value(value.quantized).dtype,
         .sqnr_db = ratio > 0 ? -10 * std::log10(ratio) : std::numeric_limits<double>::infinity(),
         .added_noise = std::max(0.0, ratio - before)});
  }
  return losses;
}

}  // namespace

Result<std::vector<LayerLoss>> MeasureLayerLosses(const quantize::Quantized& quantized,
                                                  const quantize::Samples& samples,
                                                  int64_t most_samples, base::ThreadPool& pool) {
  auto make = [&](int64_t) -> Result<Twins> {
    GOLDCREST_TRY(runtime::Executor real, MakeExecutor(quantized.reference));
    GOLDCREST_TRY(runtime::Executor integers, MakeExecutor(quantized.graph));
    return Twins{std::move(real), std::move(integers), {}};
  };
  GOLDCREST_TRY(std::vector<Twins> lanes, base::MakeEach(pool, pool.threads(), make));
  const graph::Graph& real = lanes[0].real.graph();
  const graph::Graph& integers = lanes[0].quantized.graph();
  const auto watched = FindWatched(real, integers);
  const auto count = static_cast<size_t>(std::min(samples.count(), most_samples));
  // By sample, so that sums are the same for any number of threads.
  std::vector<std::vector<Power>> of_sample(count, std::vector<Power>(watched.size()));
  std::vector<Status> statuses(lanes.size());
  pool.ForEach(std::ssize(lanes), [&](int64_t lane) noexcept {
    const auto first = static_cast<size_t>(lane);
    for (size_t s = first; s < count && statuses[first]; s += lanes.size()) {
      statuses[first] =
          Measure(lanes[first], samples, static_cast<int64_t>(s), watched, of_sample[s]);
    }
  });
  for (const Status& done : statuses) GOLDCREST_RETURN_IF_ERROR(done);
  std::vector<Power> powers(watched.size());
  for (const std::vector<Power>& sample : of_sample) {
    for (size_t i = 0; i < powers.size(); ++i) {
      powers[i].signal += sample[i].signal;
      powers[i].noise += sample[i].noise;
    }
  }
  return Report(real, integers, watched, powers);
}

std::vector<size_t> WorstLayers(const std::vector<LayerLoss>& losses, size_t most) {
  std::vector<size_t> worst(losses.size());
  std::iota(worst.begin(), worst.end(), size_t{0});
  std::erase_if(worst, [&](size_t i) { return losses[i].added_noise <= 0; });
  std::ranges::stable_sort(worst, std::greater(), [&](size_t i) { return losses[i].added_noise; });
  worst.resize(std::min(worst.size(), most));
  return worst;
}

}  // namespace goldcrest::pipeline
