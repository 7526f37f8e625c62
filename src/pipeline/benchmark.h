// How long a model takes, and what it takes: latency, start, memory, by operator.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "pipeline/model_file.h"
#include "pipeline/statistics.h"
#include "roofline/roofline.h"
#include "runtime/tuning.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"
#include "tensor/shape.h"

namespace goldcrest::pipeline {

struct BenchmarkOptions {
  std::vector<std::string> models;  // measured in turns; compared with the first
  int threads = 1;
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  std::string cache;  // of packed weights, as api::SessionOptions has it
  std::shared_ptr<const runtime::Tuning> tuning;  // null: none
  // A model runs this often, and for this long if that is longer, but no longer than
  // `most_seconds`; all but the runs that warm up are counted.
  int64_t runs = 50;
  double least_seconds = 1;
  double most_seconds = 150;
  int64_t warmup_runs = 1;
  double warmup_seconds = 0.2;
  // Every model gets as many turns, so that what disturbs the machine hits all alike.
  int64_t rounds = 7;
  int64_t starts = 1;                       // in turns too; the fastest counts
  bool profile = false;                     // by operator too
  ImportOptions import;                     // of models that leave open where they begin and end
  std::vector<tensor::Shape> input_shapes;  // none: the models' own, and `batch` in their first
  int64_t batch = 0;                        // dimension; 0: as it is, a dynamic one being 1
};

// One step of the plan: an operator, or several fused into one.
struct StepTime {
  std::string name;  // of its last operator
  std::string op;    // "conv2d", or "depthwise_conv2d+conv2d"
  std::string kernel;
  roofline::Work work;
  roofline::Limit limit;
  double median_ms = 0;
  double share = 0;                      // of the sum over all steps
  std::vector<double> round_medians_ms;  // by turn
  std::vector<int32_t> nodes;            // of the graph that ran
};

struct ModelBenchmark {
  std::string model;
  std::string isa;
  std::string backend;
  std::vector<std::string> notes;  // of the reader and the cache
  Statistics run_ms;
  std::vector<double> round_medians_ms;  // by turn
  size_t arena_bytes = 0;
  // Measured in a process of its own that does nothing else: opening and planning, the first run,
  // the most memory that was resident by then. The file is in the system's cache.
  double load_ms = 0;
  double first_run_ms = 0;
  uint64_t peak_rss_bytes = 0;
  // 10·log10(Σ a² / Σ (a − b)²) of the outputs a in float32 and b in another precision, the least
  // of all outputs; nothing where float32 was asked for.
  std::optional<double> sqnr_db;
  bool offers_bfloat16 = false;  // it was not asked for, and would change convolutions here
  // With `profile`:
  std::vector<StepTime> steps;  // in the order in which they run
  graph::Graph graph;           // as it ran
  roofline::Roofline roofline;  // of this machine and number of threads
};

struct BenchmarkProgress {
  double share = 0;  // of the work, in [0, 1]; a guess
  std::string doing;
};

// By model, in the order of the options. The inputs are seeded noise; a model whose last run gives
// other bytes than its first is an error.
Result<std::vector<ModelBenchmark>> Benchmark(
    const BenchmarkOptions& options, const std::function<void(const BenchmarkProgress&)>& progress);

}  // namespace goldcrest::pipeline
