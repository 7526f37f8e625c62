#include "pipeline/picture_benchmark.h"

#include <algorithm>
#include <atomic>

#include "api/session.h"
#include "base/thread_pool.h"
#include "data/input_reader.h"
#include "pipeline/model_file.h"
#include "pipeline/statistics.h"
#include "pipeline/stopwatch.h"

namespace goldcrest::pipeline {
namespace {

constexpr int64_t kLeastRounds = 3;

// One a thread.
struct Worker {
  data::InputReader reader;
  tensor::Tensor input;
  Status status;
};

}  // namespace

Result<PictureBenchmark> BenchmarkPictures(const PictureBenchmarkOptions& options,
                                           const std::function<void(double share)>& progress) {
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.model));
  // Which knows what the model's file does not say.
  GOLDCREST_TRY(const api::Session session, api::Session::Create(std::move(graph), {}));
  const graph::Graph& prepared = session.graph();
  const graph::Value& value = prepared.value(prepared.inputs[0]);
  GOLDCREST_TRY(const auto set, data::Open(options.pictures, {.fetch = options.fetch}));
  const data::InputDescription input{.contract = prepared.metadata.input_contract,
                                     .quantization = value.quantization,
                                     .precision = options.precision};
  std::vector<Worker> workers;
  for (int i = 0; i < options.threads; ++i) {
    GOLDCREST_TRY(data::InputReader reader, data::InputReader::Create(*set, input));
    GOLDCREST_TRY(tensor::Tensor tensor, tensor::Tensor::Create(value.dtype, value.shape));
    workers.push_back({std::move(reader), std::move(tensor), {}});
  }
  base::ThreadPool pool(options.threads);
  std::vector<double> times;
  const auto start = Clock::now();
  for (int64_t round = -1;
       round < kLeastRounds || MillisecondsSince(start) < options.seconds * 1000; ++round) {
    std::atomic<int64_t> next = 0;
    const auto begin = Clock::now();
    pool.ForEach(options.threads, [&](int64_t lane) noexcept {
      Worker& worker = workers[static_cast<size_t>(lane)];
      for (int64_t i = next++; i < set->size() && worker.status; i = next++) {
        worker.status = worker.reader.Read(i, worker.input.mutable_view());
      }
    });
    if (round >= 0) times.push_back(MillisecondsSince(begin));
    for (const Worker& worker : workers) GOLDCREST_RETURN_IF_ERROR(worker.status);
    progress(std::min(MillisecondsSince(start) / (options.seconds * 1000), 1.0));
  }
  const Statistics statistics = Summarize(times);
  const auto pictures = static_cast<double>(set->size()) * 1000;
  return PictureBenchmark{.input_contract = input.contract ? Describe(*input.contract) : "",
                          .pictures = set->size(),
                          .rounds = static_cast<int64_t>(statistics.count),
                          .best_pictures_per_s = pictures / statistics.min,
                          .median_pictures_per_s = pictures / statistics.median};
}

}  // namespace goldcrest::pipeline
