#include "api/session.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "api/constants.h"
#include "backends/cpu/cpu_backend.h"
#include "formats/tflite/tflite.h"
#include "graph/infer.h"
#include "graph/resize_inputs.h"
#include "passes/passes.h"
#include "runtime/weight_cache.h"
#include "tensor/reals.h"

namespace goldcrest::api {

Result<Session> Session::Open(const std::string& path, const SessionOptions& options) {
  auto open = [&]() -> Result<Session> {
    GOLDCREST_TRY(auto file, base::MappedFile::Open(path));
    GOLDCREST_TRY(graph::Graph graph, formats::tflite::Read(file));
    SessionOptions resolved = options;
    resolved.cache = CacheFileOf(options.cache, path);
    return Create(std::move(graph), resolved);
  };
  return Within(base::Cat("reading ", path), open());
}

Result<Session> Session::OpenMemory(std::span<const std::byte> file,
                                    const SessionOptions& options) {
  // What a .tflite file holds is aligned to 16 bytes at most.
  constexpr uintptr_t kNeeded = 16;
  tensor::SharedBytes bytes(nullptr, file);
  if (reinterpret_cast<uintptr_t>(file.data()) % kNeeded != 0) {
    base::AlignedBuffer copy(file.size());
    if (!copy.ok()) return Fail(ErrorCode::kLimit, "no memory for a copy of the model");
    std::ranges::copy(file, copy.data());
    bytes = tensor::SharedBytes::Own(std::move(copy));
  }
  GOLDCREST_TRY(graph::Graph graph, formats::tflite::Read(bytes));
  return Create(std::move(graph), options);
}

Result<Session> Session::Create(graph::Graph graph, const SessionOptions& options) {
  if (options.cache == kBesideModel) {
    return Fail(ErrorCode::kUsage, "a model without a file has nothing beside it; give the option ",
                "cache a file");
  }
  std::vector<std::string> notes = graph.metadata.notes;
  if (!options.input_shapes.empty()) {
    GOLDCREST_RETURN_IF_ERROR(graph::ResizeInputs(graph, options.input_shapes));
  }
  GOLDCREST_RETURN_IF_ERROR(ResolveInputContract(options.contract, graph, notes));
  GOLDCREST_TRY(auto reports, passes::Run(graph, {.evaluate = ConstantEvaluator()}));
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(graph));
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  if (options.isa) isa = base::HighestUpTo(std::min(isa, *options.isa));
  GOLDCREST_RETURN_IF_ERROR(tensor::ExpectPrecision(isa, options.precision));
  const backends::cpu::CpuBackend backend(isa);
  std::optional<runtime::WeightCache> cache;
  if (!options.cache.empty()) cache.emplace(options.cache);
  auto pool = std::make_unique<base::ThreadPool>(options.threads);
  GOLDCREST_TRY(runtime::Executor executor,
                runtime::Executor::Create(std::move(graph), backend,
                                          {.pool = pool.get(),
                                           .arithmetic = options.arithmetic,
                                           .precision = options.precision,
                                           .cache = cache ? &*cache : nullptr,
                                           .tuning = options.tuning}));
  Session session(std::move(pool), std::move(executor), isa, backend.name());
  session.notes_ = std::move(notes);
  session.other_notes_ = session.notes_.size();
  if (cache) cache->Save(session.notes_);
  if (session.graph().metadata.input_contract) {
    GOLDCREST_TRY(session.preprocessor_,
                  image::Preprocessor::Create(*session.graph().metadata.input_contract));
  }
  return session;
}

Status Session::SetPicture(image::RowSource& rows) {
  if (!preprocessor_) {
    return Fail(
        ErrorCode::kUnsupported,
        "the model does not say how pictures become its input; state it with --normalize, or "
        "the option normalize (tf, torch, caffe, unit, none or MEAN,STD)");
  }
  return preprocessor_->Run(rows, executor_.input(0));
}

Status Session::SetPicture(const image::Picture& picture) {
  image::PictureRows rows(picture);
  return SetPicture(rows);
}

Result<std::vector<ClassScore>> Session::Top(size_t count) const {
  std::vector<float> scores;
  GOLDCREST_RETURN_IF_ERROR(
      tensor::ReadReals(output(0), graph().value(graph().outputs[0]).quantization, scores));
  std::vector<int64_t> order(scores.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  count = std::min(count, order.size());
  // A NaN is worse than any number, so that the order is a strict one.
  auto score = [&](int64_t i) {
    float x = scores[static_cast<size_t>(i)];
    return std::isnan(x) ? -std::numeric_limits<float>::infinity() : x;
  };
  auto better = [&](int64_t a, int64_t b) {
    return score(a) != score(b) ? score(a) > score(b) : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                    better);
  std::vector<ClassScore> top;
  top.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    top.push_back({order[i], scores[static_cast<size_t>(order[i])]});
  }
  return top;
}

}  // namespace goldcrest::api
