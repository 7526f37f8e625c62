// A model made ready to run: the deployment library's heart.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/session_options.h"
#include "base/cpu_features.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "graph/graph.h"
#include "image/picture.h"
#include "image/preprocess.h"
#include "runtime/executor.h"

namespace goldcrest::api {

struct ClassScore {
  int64_t index;
  float score;
};

class Session {
 public:
  // Opens a .tflite file.
  static Result<Session> Open(const std::string& path, const SessionOptions& options);
  // The same of a file in memory, which must stay as it is as long as the session lives: it is not
  // copied, unless it begins at an address that is no multiple of 16.
  static Result<Session> OpenMemory(std::span<const std::byte> file, const SessionOptions& options);
  // Of a graph that somebody else read; runs the passes over it.
  static Result<Session> Create(graph::Graph graph, const SessionOptions& options);

  // Raw tensors: write the inputs, run, read the outputs. `Run` allocates nothing.
  tensor::MutableTensorView input(size_t i) { return executor_.input(i); }
  tensor::TensorView output(size_t i) const { return executor_.output(i); }
  void Run() noexcept { executor_.Run(); }
  // The same, telling how many nanoseconds each of the executor's steps took.
  void RunTimed(std::span<int64_t> step_nanoseconds) noexcept {
    executor_.RunTimed(step_nanoseconds);
  }

  // Puts a picture into the first input by the model's input contract, as its rows come; an error
  // where the model has none. Where the rows end in an error, the input stays as it was.
  Status SetPicture(image::RowSource& rows);
  // The same for an upright picture in memory.
  Status SetPicture(const image::Picture& picture);

  // The best classes of the first output of the last run, best first; ties go to the lower index.
  // The output is one row of scores: float32, or integers with a scale, which are made reals.
  Result<std::vector<ClassScore>> Top(size_t count) const;

  const graph::Graph& graph() const { return executor_.graph(); }
  const runtime::Executor& executor() const { return executor_; }
  // What the user should know: of the file, and a guessed input contract.
  const std::vector<std::string>& notes() const { return notes_; }
  // Those of them that are about the cache of packed weights.
  std::span<const std::string> cache_notes() const {
    return std::span(notes_).subspan(other_notes_);
  }
  // What the kernels were chosen for, and by whom.
  base::Isa isa() const { return isa_; }
  const std::string& backend() const { return backend_; }

 private:
  Session(std::unique_ptr<base::ThreadPool> pool, runtime::Executor executor, base::Isa isa,
          std::string_view backend)
      : pool_(std::move(pool)), executor_(std::move(executor)), isa_(isa), backend_(backend) {}

  std::unique_ptr<base::ThreadPool> pool_;
  runtime::Executor executor_;
  base::Isa isa_;
  std::string backend_;
  std::vector<std::string> notes_;
  size_t other_notes_ = 0;  // than the cache's, which come last
  std::optional<image::Preprocessor> preprocessor_;
};

}  // namespace goldcrest::api
