#include "pipeline/benchmark.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "api/session.h"
#include "base/child_process.h"
#include "graph/cost.h"
#include "pipeline/noise_session.h"
#include "pipeline/stopwatch.h"
#include "tensor/difference.h"

namespace goldcrest::pipeline {
namespace {

// Runs at the beginning of a turn that are not counted: another model has had the caches.
constexpr int kSettlingRuns = 2;
constexpr int64_t kMostProfiledRuns = 100;
constexpr double kShareOfProfile = 0.3;  // of the work

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double TimedRun(api::Session& session) {
  const Clock::time_point start = Clock::now();
  session.Run();
  return SecondsSince(start);
}

bool IsConvolution(const graph::Node& node) {
  return std::holds_alternative<graph::Conv2D>(node.op) ||
         std::holds_alternative<graph::FullyConnected>(node.op);
}

// Whether bfloat16 would change what it computes.
bool IsFloatConvolution(const graph::Graph& graph, const graph::Node& node) {
  return IsConvolution(node) && graph.value(node.inputs[1]).dtype == tensor::DType::kFloat32;
}

// Those of dynamic range do, where activations are float32. (Their depthwise layers hold integers
// in float32.)
bool MultipliesIntegers(const graph::Graph& graph, const graph::Node& node) {
  if (graph.value(node.output).dtype != tensor::DType::kFloat32) return true;
  return IsConvolution(node) && !IsFloatConvolution(graph, node);
}

bool HasFloatConvolution(const graph::Graph& graph) {
  return std::ranges::any_of(
      graph.nodes, [&](const graph::Node& node) { return IsFloatConvolution(graph, node); });
}

uint64_t PeakResidentBytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

struct ColdStart {
  double load_ms = -1;
  double first_run_ms = -1;
  uint64_t peak_rss_bytes = 0;
};

int64_t ByteCount(const graph::Value& value) {
  return static_cast<int64_t>(tensor::ByteCount(value.dtype, value.shape).value_or(0));
}

double MedianFrom(const std::vector<double>& times, size_t first) {
  return Summarize(std::span(times).subspan(first)).median;
}

// In a child process, which starts small: no other model has been opened yet.
Result<ColdStart> MeasureColdStart(const std::string& model, const BenchmarkOptions& options) {
  constexpr base::ChildLimits kAmple{.memory_bytes = uint64_t{1} << 46,
                                     .processor_time = std::chrono::hours(1),
                                     .patience = std::chrono::hours(1)};
  auto measure = [&](base::Channel& out) {
    const Clock::time_point start = Clock::now();
    auto session = SessionOnNoise(model, options);
    ColdStart cold{.load_ms = SecondsSince(start) * 1e3};
    if (!session) return;
    cold.first_run_ms = TimedRun(*session) * 1e3;
    cold.peak_rss_bytes = PeakResidentBytes();
    out.SendNumber(cold);
  };
  GOLDCREST_TRY(auto child, base::ChildProcess::Start(kAmple, measure));
  ColdStart cold;
  if (child.channel().ReceiveNumber(cold)) return cold;
  GOLDCREST_TRY(auto session, SessionOnNoise(model, options));  // its error says what is wrong
  return Fail(ErrorCode::kLimit, "preparing ", model,
              " › the process that measures its start was lost: it may lack memory");
}

// By model.
Result<std::vector<ColdStart>> MeasureColdStarts(
    const BenchmarkOptions& options,
    const std::function<void(const BenchmarkProgress&)>& progress) {
  std::vector<ColdStart> starts(options.models.size());
  // Where packed weights are cached, a start before may have to write them.
  const int64_t first = options.cache.empty() ? 0 : -1;
  for (int64_t turn = first; turn < options.starts; ++turn) {
    for (size_t i = 0; i < starts.size(); ++i) {
      progress({0, base::Cat("starting ", options.models[i])});
      GOLDCREST_TRY(const ColdStart cold, MeasureColdStart(options.models[i], options));
      ColdStart& best = starts[i];
      if (turn <= 0) best = cold;
      best.load_ms = std::min(best.load_ms, cold.load_ms);
      best.first_run_ms = std::min(best.first_run_ms, cold.first_run_ms);
      best.peak_rss_bytes = std::min(best.peak_rss_bytes, cold.peak_rss_bytes);
    }
  }
  return starts;
}

class Contestant {
 public:
  Contestant(const std::string& model, api::Session session, const ColdStart& cold,
             tensor::Precision precision)
      : session_(std::move(session)), precision_(precision) {
    result_.model = model;
    result_.isa = base::NameOf(session_.isa());
    result_.backend = session_.backend();
    result_.notes = session_.graph().metadata.notes;
    std::ranges::copy(session_.cache_notes(), std::back_inserter(result_.notes));
    result_.arena_bytes = session_.executor().arena_bytes();
    result_.load_ms = cold.load_ms;
    result_.first_run_ms = cold.first_run_ms;
    result_.peak_rss_bytes = cold.peak_rss_bytes;
    result_.offers_bfloat16 = precision == tensor::Precision::kFloat32 &&
                              tensor::Has(session_.isa(), tensor::Precision::kBfloat16) &&
                              HasFloatConvolution(session_.graph());
  }

  void WarmUp(const BenchmarkOptions& options) {
    const Clock::time_point start = Clock::now();
    session_.Run();
    for (size_t i = 0; i < session_.graph().outputs.size(); ++i) {
      std::span<const std::byte> bytes = session_.output(i).bytes;
      first_outputs_.emplace_back(bytes.begin(), bytes.end());
    }
    for (int64_t run = 1; run < options.warmup_runs || SecondsSince(start) < options.warmup_seconds;
         ++run) {
      session_.Run();
    }
  }

  // How far its outputs are from those of the same model in float32.
  void CompareWith(api::Session exact) {
    exact.Run();
    for (size_t i = 0; i < first_outputs_.size(); ++i) {
      tensor::TensorView output = session_.output(i);
      output.bytes = first_outputs_[i];
      const double sqnr_db = tensor::Compare(exact.output(i), output).sqnr_db;
      result_.sqnr_db = std::min(result_.sqnr_db.value_or(sqnr_db), sqnr_db);
    }
  }

  bool done(const BenchmarkOptions& options) const {
    const auto runs = static_cast<int64_t>(times_ms_.size());
    if (runs > 0 && seconds_ >= options.most_seconds) return true;
    return runs >= options.runs && seconds_ >= options.least_seconds;
  }

  // How much of what `done` wants is there.
  double share_done(const BenchmarkOptions& options) const {
    const double runs = static_cast<double>(times_ms_.size()) / static_cast<double>(options.runs);
    const double time =
        options.least_seconds > 0 ? std::min(seconds_ / options.least_seconds, 1.0) : 1;
    return std::min(std::max(std::min(runs, time), seconds_ / options.most_seconds), 1.0);
  }

  // The part of a round of what is to be done; all of it where this model is `alone`. `report` is
  // called after each run.
  template <class Report>
  void TakeTurn(const BenchmarkOptions& options, bool alone, const Report& report) {
    if (done(options)) return;
    const int64_t turns = alone ? 1 : options.rounds;
    const int64_t runs = (options.runs + turns - 1) / turns;
    const double seconds = options.least_seconds / static_cast<double>(turns);
    if (!alone) Settle();
    const size_t first = times_ms_.size();
    int64_t run = 0;
    for (double spent = 0; !done(options) && (run < runs || spent < seconds); ++run) {
      const double time = TimedRun(session_);
      spent += time;
      seconds_ += time;
      times_ms_.push_back(time * 1e3);
      report();
    }
    result_.round_medians_ms.push_back(MedianFrom(times_ms_, first));
  }

  Status CheckOutputs() const {
    for (size_t i = 0; i < first_outputs_.size(); ++i) {
      if (std::ranges::equal(session_.output(i).bytes, first_outputs_[i])) continue;
      return Fail(ErrorCode::kInvalid, "running ", result_.model,
                  " › two runs on the same input gave different outputs");
    }
    return {};
  }

  bool profiled() const { return profiled_runs_ >= RunsToProfile(); }

  // The same for runs in which each step is timed.
  void TakeProfileTurn(const BenchmarkOptions& options, bool alone) {
    if (profiled()) return;
    const size_t steps = session_.executor().step_count();
    const auto turns = static_cast<size_t>(alone ? 1 : options.rounds);
    const size_t runs = (RunsToProfile() + turns - 1) / turns;
    if (!alone) Settle();
    result_.steps.resize(steps);
    step_times_ms_.resize(steps);
    const size_t first = profiled_runs_;
    std::vector<int64_t> nanoseconds(steps);
    for (size_t run = 0; run < runs && !profiled(); ++run, ++profiled_runs_) {
      session_.RunTimed(nanoseconds);
      for (size_t i = 0; i < steps; ++i) {
        step_times_ms_[i].push_back(static_cast<double>(nanoseconds[i]) / 1e6);
      }
    }
    for (size_t i = 0; i < steps; ++i) {
      result_.steps[i].round_medians_ms.push_back(MedianFrom(step_times_ms_[i], first));
    }
  }

  ModelBenchmark TakeResult(const roofline::Roofline& roofline) && {
    result_.run_ms = Summarize(times_ms_);
    double sum = 0;
    for (size_t i = 0; i < result_.steps.size(); ++i) {
      StepTime& step = result_.steps[i];
      step.median_ms = Summarize(step_times_ms_[i]).median;
      Describe(session_.executor().step(i), step);
      step.limit = roofline::LimitOf(roofline, step.work);
      sum += step.median_ms;
    }
    for (StepTime& step : result_.steps) step.share = sum > 0 ? step.median_ms / sum : 0;
    if (!result_.steps.empty()) result_.graph = session_.graph();
    result_.roofline = roofline;
    return std::move(result_);
  }

  const std::string& model() const { return result_.model; }
  base::Isa isa() const { return session_.isa(); }

 private:
  void Settle() {
    for (int i = 0; i < kSettlingRuns; ++i) session_.Run();
  }

  size_t RunsToProfile() const { return std::min<size_t>(times_ms_.size(), kMostProfiledRuns); }

  void Describe(const runtime::Executor::StepInfo& info, StepTime& step) const {
    const graph::Graph& graph = session_.graph();
    for (int32_t index : info.group.nodes) {
      const graph::Node& node = graph.nodes[static_cast<size_t>(index)];
      step.op += base::Cat(step.op.empty() ? "" : "+", graph::NameOf(node.op));
      step.name = graph.NameOf(node);
      step.work.multiply_adds += graph::MultiplyAdds(graph, node);
      if (MultipliesIntegers(graph, node)) {
        step.work.factors = roofline::Factors::kInt8;
      } else if (precision_ == tensor::Precision::kBfloat16 && IsFloatConvolution(graph, node)) {
        step.work.factors = roofline::Factors::kBfloat16;
      }
    }
    const bool halved = step.work.factors == roofline::Factors::kBfloat16;
    for (graph::ValueId id : info.group.inputs) {
      const graph::Value& value = graph.value(id);
      step.work.bytes_read += ByteCount(value) / (halved && value.constant ? 2 : 1);
    }
    for (graph::ValueId id : info.group.outputs) {
      step.work.bytes_written += ByteCount(graph.value(id));
    }
    step.kernel = info.kernel;
    step.nodes = info.group.nodes;
  }

  api::Session session_;
  tensor::Precision precision_;
  ModelBenchmark result_;
  std::vector<std::vector<std::byte>> first_outputs_;
  std::vector<double> times_ms_;
  double seconds_ = 0;  // their sum
  std::vector<std::vector<double>> step_times_ms_;
  size_t profiled_runs_ = 0;
};

void TakeTurns(const BenchmarkOptions& options, std::vector<Contestant>& contestants,
               const std::function<void(const BenchmarkProgress&)>& progress) {
  constexpr double kSecondsBetweenReports = 0.1;
  const size_t count = contestants.size();
  Clock::time_point reported = Clock::now();
  auto report = [&](const Contestant& one) {
    if (SecondsSince(reported) < kSecondsBetweenReports) return;
    double share = 0;
    for (const Contestant& each : contestants) share += each.share_done(options);
    share *= (options.profile ? 1 - kShareOfProfile : 1) / static_cast<double>(count);
    progress({share, base::Cat("running ", one.model())});
    reported = Clock::now();
  };
  auto all_done = [&] {
    return std::ranges::all_of(contestants, [&](auto& one) { return one.done(options); });
  };
  for (size_t round = 0; !all_done(); ++round) {
    for (size_t i = 0; i < count; ++i) {
      Contestant& one = contestants[(round + i) % count];
      one.TakeTurn(options, count == 1, [&] { report(one); });
    }
  }
}

// After the others: what times the steps has a time of its own.
void Profile(const BenchmarkOptions& options, std::vector<Contestant>& contestants,
             const std::function<void(const BenchmarkProgress&)>& progress) {
  const size_t count = contestants.size();
  auto all_done = [&] { return std::ranges::all_of(contestants, &Contestant::profiled); };
  for (size_t round = 0; !all_done(); ++round) {
    const double done = static_cast<double>(round) / static_cast<double>(options.rounds);
    for (size_t i = 0; i < count; ++i) {
      Contestant& one = contestants[(round + i) % count];
      progress({1 - kShareOfProfile * (1 - std::min(done, 1.0)),
                base::Cat("timing the operators of ", one.model())});
      one.TakeProfileTurn(options, count == 1);
    }
  }
}

}  // namespace

Result<std::vector<ModelBenchmark>> Benchmark(
    const BenchmarkOptions& options,
    const std::function<void(const BenchmarkProgress&)>& progress) {
  GOLDCREST_TRY(const std::vector<ColdStart> starts, MeasureColdStarts(options, progress));
  std::vector<Contestant> contestants;
  for (size_t i = 0; i < starts.size(); ++i) {
    progress({0, base::Cat("preparing ", options.models[i])});
    GOLDCREST_TRY(auto session, SessionOnNoise(options.models[i], options));
    contestants.emplace_back(options.models[i], std::move(session), starts[i], options.precision);
    contestants.back().WarmUp(options);
    if (options.precision == tensor::Precision::kFloat32) continue;
    BenchmarkOptions exact = options;
    exact.precision = tensor::Precision::kFloat32;
    exact.cache.clear();  // there is one, of the other precision
    GOLDCREST_TRY(auto exact_session, SessionOnNoise(options.models[i], exact));
    contestants.back().CompareWith(std::move(exact_session));
  }
  TakeTurns(options, contestants, progress);
  roofline::Roofline roofline;
  if (options.profile) {
    Profile(options, contestants, progress);
    progress({1, "measuring what this machine can do"});
    roofline = roofline::Measure(contestants.front().isa(), options.threads);
  }
  std::vector<ModelBenchmark> results;
  for (Contestant& contestant : contestants) {
    GOLDCREST_RETURN_IF_ERROR(contestant.CheckOutputs());
    results.push_back(std::move(contestant).TakeResult(roofline));
  }
  return results;
}

}  // namespace goldcrest::pipeline
