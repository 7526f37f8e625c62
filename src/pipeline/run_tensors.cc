#include "pipeline/run_tensors.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include "api/constants.h"
#include "api/session_options.h"
#include "archive/npz.h"
#include "backends/cpu/cpu_backend.h"
#include "base/file.h"
#include "graph/infer.h"
#include "graph/resize_inputs.h"
#include "pipeline/model_file.h"
#include "runtime/executor.h"
#include "runtime/weight_cache.h"
#include "tensor/npy.h"

namespace goldcrest::pipeline {
namespace {

// Inputs or outputs of a graph, by the names that callers know.
struct Ends {
  const char* what;  // "input" or "output"
  std::vector<std::string> names;
};

Ends EndsOf(const graph::Graph& graph, const char* what, const std::vector<graph::ValueId>& ids,
            const std::vector<std::string>& names) {
  Ends ends{what, names};
  if (!names.empty()) return ends;
  for (graph::ValueId id : ids) ends.names.push_back(graph.value(id).name);
  return ends;
}

// The file for each end, "" where none was named: NAME=FILE goes to the end of that name, any other
// argument is a file for the next end in order. A file whose name has a "=" needs its folder:
// ./a=b.
Result<std::vector<std::string>> Assign(const Ends& ends, const std::vector<std::string>& said) {
  std::vector<std::string> files(ends.names.size());
  size_t next = 0;
  for (const std::string& argument : said) {
    size_t equals = std::min(argument.find('='), argument.size());
    auto named = std::ranges::find(ends.names, argument.substr(0, equals));
    const bool has_name = equals < argument.size();
    const bool by_name = has_name && named != ends.names.end();
    if (has_name && !by_name && equals < argument.find('/')) {
      return Fail(ErrorCode::kUsage, "the model has no ", ends.what, " '",
                  argument.substr(0, equals), "'; it has ", base::Join(ends.names, ", "));
    }
    size_t at = by_name ? static_cast<size_t>(named - ends.names.begin()) : next;
    if (at >= files.size()) {
      return Fail(ErrorCode::kUsage, "the model has ", files.size(), " ", ends.what,
                  files.size() == 1 ? "" : "s", " (", base::Join(ends.names, ", "), "), but ",
                  said.size(), " files are named");
    }
    files[at] = by_name ? argument.substr(equals + 1) : argument;
    next = at + 1;
  }
  return files;
}

Result<tensor::Tensor> ReadNpyFile(const std::string& path) {
  auto read = [&]() -> Result<tensor::Tensor> {
    GOLDCREST_TRY(auto file, base::MappedFile::Open(path));
    return tensor::ReadNpy(file->bytes());
  };
  return Within(base::Cat("reading ", path), read());
}

// Reads the inputs and gives the graph their shapes.
Result<std::vector<tensor::Tensor>> ReadInputs(const RunOptions& options, graph::Graph& graph) {
  Ends ends = EndsOf(graph, "input", graph.inputs, graph.input_names);
  GOLDCREST_TRY(auto files, Assign(ends, options.inputs));
  std::vector<tensor::Tensor> inputs;
  std::vector<tensor::Shape> shapes;
  for (size_t i = 0; i < files.size(); ++i) {
    if (files[i].empty()) {
      return Fail(ErrorCode::kUsage, "the input '", ends.names[i], "' is missing; name it with ",
                  "--input ", files.size() == 1 ? "" : base::Cat(ends.names[i], "="), "FILE.npy");
    }
    GOLDCREST_TRY(tensor::Tensor input, ReadNpyFile(files[i]));
    const graph::Value& value = graph.value(graph.inputs[i]);
    if (input.dtype() != value.dtype) {
      return Fail(ErrorCode::kInvalid, "the input '", ends.names[i], "' takes ",
                  tensor::DescribeType(value.dtype, value.shape, value.quantization), ", but ",
                  files[i], " holds ", tensor::NameOf(input.dtype()),
                  tensor::ToString(input.shape()),
                  value.quantization.empty() ? "" : "; an element is real / scale + zero point");
    }
    shapes.push_back(input.shape());
    inputs.push_back(std::move(input));
  }
  GOLDCREST_RETURN_IF_ERROR(graph::BindInputShapes(graph, shapes));
  return inputs;
}

// No two of them may be the same file.
Status ExpectDistinct(std::vector<std::string> paths) {
  std::erase(paths, "");
  std::set<std::filesystem::path> seen;
  for (const std::string& path : paths) {
    std::error_code error;
    std::filesystem::path file = std::filesystem::weakly_canonical(path, error);
    if (error) file = path;  // why it cannot be looked at is told when it is written
    if (seen.insert(std::move(file)).second) continue;
    return Fail(ErrorCode::kUsage, "two outputs are to be written to ", path);
  }
  return {};
}

// Writes a file that does not have its name yet.
Status Write(const std::string& path, std::span<const std::byte> bytes,
             std::vector<base::AtomicFile>& files) {
  GOLDCREST_TRY(base::AtomicFile file, base::AtomicFile::Create(path));
  GOLDCREST_RETURN_IF_ERROR(file.Write(bytes));
  files.push_back(std::move(file));
  return {};
}

// An archive of all values; returns how many there are.
Result<size_t> WriteLayers(const std::string& path, const runtime::Executor& executor,
                           std::vector<base::AtomicFile>& files, std::vector<std::string>& notes) {
  archive::NpzWriter writer;
  const graph::Graph& graph = executor.graph();
  std::set<std::string> names;
  auto add = [&](graph::ValueId id) -> Status {
    // Names come from the file: they may repeat, or be none.
    std::string name = graph.value(id).name;
    if (name.empty() || !names.insert(name).second) {
      name = base::Cat(name, "#", id);
      notes.push_back(base::Cat("a value's name is taken or empty; it is '", name, "' in ", path));
      names.insert(name);
    }
    return writer.Add(name, *executor.value(id));
  };
  for (graph::ValueId id : graph.inputs) GOLDCREST_RETURN_IF_ERROR(add(id));
  for (const graph::Node& node : graph.nodes) GOLDCREST_RETURN_IF_ERROR(add(node.output));
  GOLDCREST_TRY(auto bytes, Within(base::Cat("writing ", path), writer.Finish()));
  GOLDCREST_RETURN_IF_ERROR(Write(path, bytes, files));
  return names.size();
}

}  // namespace

Result<RunReport> RunTensors(const RunOptions& options) {
  RunReport report;
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.model, options.import, options.input_shapes));
  api::PrepareToRun(graph);
  Ends ends = EndsOf(graph, "output", graph.outputs, graph.output_names);
  GOLDCREST_TRY(auto paths, Assign(ends, options.outputs));
  std::vector<std::string> all_paths = paths;
  all_paths.push_back(options.layers);
  GOLDCREST_RETURN_IF_ERROR(ExpectDistinct(std::move(all_paths)));
  if (!options.input_shapes.empty()) {
    GOLDCREST_RETURN_IF_ERROR(graph::ResizeInputs(graph, options.input_shapes));
  }
  GOLDCREST_TRY(auto inputs, ReadInputs(options, graph));
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  GOLDCREST_RETURN_IF_ERROR(tensor::ExpectPrecision(isa, options.precision));
  base::ThreadPool pool(options.threads);
  std::optional<runtime::WeightCache> cache;
  if (!options.cache.empty()) cache.emplace(api::CacheFileOf(options.cache, options.model));
  runtime::Options running{.pool = &pool,
                           .arithmetic = options.arithmetic,
                           .precision = options.precision,
                           .cache = cache ? &*cache : nullptr,
                           .tuning = options.tuning.get(),
                           .keep_all_values = !options.layers.empty()};
  GOLDCREST_TRY(
      auto executor,
      Within(base::Cat("preparing ", options.model),
             runtime::Executor::Create(std::move(graph), backends::cpu::CpuBackend(isa), running)));
  if (cache) cache->Save(report.notes);
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::ranges::copy(inputs[i].view().bytes, executor.input(i).bytes.begin());
  }
  auto start = std::chrono::steady_clock::now();
  executor.Run();
  report.run_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  std::vector<base::AtomicFile> files;
  for (size_t i = 0; i < paths.size(); ++i) {
    tensor::TensorView view = executor.output(i);
    report.outputs.push_back({ends.names[i],
                              base::Cat(tensor::NameOf(view.dtype), tensor::ToString(view.shape)),
                              paths[i]});
    if (!paths[i].empty()) {
      GOLDCREST_RETURN_IF_ERROR(Write(paths[i], tensor::WriteNpy(view), files));
    }
  }
  if (!options.layers.empty()) {
    GOLDCREST_TRY(report.layer_count, WriteLayers(options.layers, executor, files, report.notes));
  }
  GOLDCREST_RETURN_IF_ERROR(base::CommitAll(files));
  return report;
}

}  // namespace goldcrest::pipeline
