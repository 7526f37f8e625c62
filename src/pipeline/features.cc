#include "pipeline/features.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "api/session.h"
#include "pipeline/model_hash.h"
#include "pipeline/sample_reader.h"
#include "train/feature_cache.h"

namespace goldcrest::pipeline {
namespace {

// One a thread.
struct Worker {
  api::Session session;
  SampleReader reader;
};

}  // namespace

Result<Features> ComputeFeatures(const graph::Graph& base, std::span<const TrainingSample> samples,
                                 const FeatureOptions& options,
                                 const std::function<void(double share)>& progress) {
  Features features{.width = base.value(base.outputs[0]).shape.back()};
  const auto width = static_cast<size_t>(features.width);
  std::optional<train::FeatureCache> cache;
  if (!options.cache_folder.empty()) {
    GOLDCREST_TRY(
        cache, train::FeatureCache::Open(options.cache_folder, HashOfModel(base), features.width));
  }
  std::vector<float> rows(samples.size() * width);
  std::vector<size_t> missing;
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto found = cache ? cache->Find(samples[i].hash) : std::nullopt;
    if (!found) {
      missing.push_back(i);
      continue;
    }
    std::ranges::copy(*found, rows.begin() + static_cast<ptrdiff_t>(i * width));
  }
  const int64_t count = std::min<int64_t>(options.threads, std::ssize(missing));
  std::vector<Worker> workers;
  for (int64_t i = 0; i < count; ++i) {
    GOLDCREST_TRY(api::Session session, api::Session::Create(base, {.threads = 1}));
    const graph::Graph& graph = session.graph();
    SampleReader reader({.contract = graph.metadata.input_contract,
                         .quantization = graph.value(graph.inputs[0]).quantization});
    workers.push_back({std::move(session), std::move(reader)});
  }
  std::vector<std::string> errors(samples.size());
  std::atomic<size_t> next = 0;
  std::mutex mutex;  // of progress
  size_t done = 0;
  base::ThreadPool pool(static_cast<int>(std::max<int64_t>(count, 1)));
  pool.ForEach(count, [&](int64_t lane) noexcept {
    Worker& worker = workers[static_cast<size_t>(lane)];
    for (size_t m = next++; m < missing.size(); m = next++) {
      const size_t i = missing[m];
      if (Status read = worker.reader.Read(samples[i], worker.session.input(0)); read) {
        worker.session.Run();
        std::ranges::copy(worker.session.output(0).As<float>(),
                          rows.begin() + static_cast<ptrdiff_t>(i * width));
      } else {
        errors[i] = read.error().ToString();
      }
      const std::lock_guard lock(mutex);
      progress(static_cast<double>(++done) / static_cast<double>(missing.size()));
    }
  });
  for (size_t i : missing) {
    if (!errors[i].empty()) continue;
    ++features.computed;
    if (cache) cache->Add(samples[i].hash, std::span(rows).subspan(i * width, width));
  }
  if (cache) GOLDCREST_RETURN_IF_ERROR(cache->Save());
  for (size_t i = 0; i < samples.size(); ++i) {
    if (!errors[i].empty()) {
      features.unreadable.push_back(std::move(errors[i]));
      continue;
    }
    const auto row = std::span(rows).subspan(i * width, width);
    features.rows.insert(features.rows.end(), row.begin(), row.end());
    features.labels.push_back(samples[i].label);
  }
  return features;
}

}  // namespace goldcrest::pipeline
