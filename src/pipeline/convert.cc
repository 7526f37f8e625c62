#include "pipeline/convert.h"

#include "api/constants.h"
#include "backends/cpu/cpu_backend.h"
#include "base/file.h"
#include "data/pictures.h"
#include "graph/infer.h"
#include "image/preprocess.h"
#include "pipeline/drawn_picture.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"
#include "runtime/executor.h"

namespace goldcrest::pipeline {
namespace {

constexpr double kLargestRelativeDifference = 1e-3;

Result<graph::Graph> Import(const ConvertOptions& options) {
  const ArchitectureFlags& flags = options.architecture;
  if (!flags.name.empty() && options.import.any()) {
    return Fail(ErrorCode::kUsage,
                "an architecture has ends and shapes of its own; --size is the "
                "size of its pictures");
  }
  if (!flags.name.empty()) return BuildArchitecture(flags, options.input);
  if (flags.any()) {
    return Fail(ErrorCode::kUsage,
                "--alpha, --size, --classes, --no-top, --weights and --seed go "
                "with --architecture, which is missing");
  }
  return ReadModel(options.input, options.import);
}

// The sample as the input tensor of `executor`: a picture by the input contract, else seeded noise.
Status FillInput(const ConvertOptions& options, const graph::Graph& graph,
                 runtime::Executor& executor, std::string& sample) {
  const std::optional<tensor::InputContract>& contract = graph.metadata.input_contract;
  if (!contract) {
    if (!options.picture.empty()) {
      return Fail(ErrorCode::kUsage, "a picture needs an input contract; state --normalize");
    }
    sample = "noise between -1 and 1";
    uint32_t state = 1;
    for (size_t i = 0; i < executor.graph().inputs.size(); ++i) {
      for (float& x : executor.input(i).As<float>()) {
        state = state * 1664525 + 1013904223;
        x = static_cast<float>(state >> 8) / (1 << 23) - 1;
      }
    }
    return {};
  }
  GOLDCREST_TRY(auto preprocessor, image::Preprocessor::Create(*contract));
  sample = options.picture.empty() ? "a drawn picture" : options.picture;
  if (options.picture.empty()) return preprocessor.Run(DrawPicture(), executor.input(0));
  GOLDCREST_TRY(std::unique_ptr<image::RowSource> rows,
                data::OpenPicture(options.picture, *contract));
  return preprocessor.Run(*rows, executor.input(0));
}

Result<runtime::Executor> MakeExecutor(graph::Graph graph) {
  GOLDCREST_TRY(base::Isa isa, base::AllowedIsa());
  api::PrepareToRun(graph);
  GOLDCREST_RETURN_IF_ERROR(graph::BindDefaultShapes(graph));
  return runtime::Executor::Create(std::move(graph), backends::cpu::CpuBackend(isa), {});
}

// Index of the largest element, -1 where they are no scores.
int64_t BestClass(const tensor::TensorView& scores) {
  bool floats = scores.dtype == tensor::DType::kFloat32 && !scores.bytes.empty();
  return floats ? tensor::ArgMax(scores.As<float>()) : -1;
}

// `before` runs the graph as imported.
Result<OutputCheck> CheckOutputs(const ConvertOptions& options, const graph::Graph& imported,
                                 runtime::Executor& before, const std::string& written) {
  GOLDCREST_TRY(graph::Graph read_back, ReadModel(written));
  GOLDCREST_TRY(runtime::Executor after, MakeExecutor(std::move(read_back)));
  OutputCheck check;
  GOLDCREST_RETURN_IF_ERROR(FillInput(options, imported, before, check.sample));
  for (size_t i = 0; i < imported.inputs.size(); ++i) {
    std::ranges::copy(before.input(i).bytes, after.input(i).bytes.begin());
  }
  before.Run();
  after.Run();
  check.same_best_class = BestClass(before.output(0)) == BestClass(after.output(0));
  for (size_t i = 0; i < imported.outputs.size(); ++i) {
    tensor::Difference difference = tensor::Compare(before.output(i), after.output(i));
    // A NaN compares as false both ways: it is the worst, and must not pass.
    bool worse = !(difference.max_relative <= check.difference.max_relative);
    if (i == 0 || worse) check.difference = difference;
  }
  if (!(check.difference.max_relative <= kLargestRelativeDifference)) {
    return Fail(ErrorCode::kInvalid,
                "the written model does not compute what the imported one does: "
                "its outputs differ by ",
                check.difference.max_absolute, " on ", check.sample, "; nothing was written");
  }
  return check;
}

// A model that may be trained on keeps what passes would fold: only what it cannot be written with
// is removed.
std::vector<std::string> DisabledPasses(const ConvertOptions& options) {
  std::vector<std::string> disabled = options.disabled_passes;
  if (!IsForTraining(options.output)) return disabled;
  for (const passes::Pass& pass : passes::Passes()) {
    if (pass.name != "remove_dead_code" && pass.name != "fold_constants") {
      disabled.emplace_back(pass.name);
    }
  }
  return disabled;
}

// Names the layers that are not written into a model for training, for the graph does not know
// their settings.
void NoteTrainingOnly(const graph::Graph& graph, std::vector<std::string>& notes) {
  std::vector<std::string> layers;
  for (const graph::Node& node : graph.nodes) {
    const auto* op = std::get_if<graph::TrainingOnly>(&node.op);
    if (op != nullptr) layers.push_back(base::Cat(graph.NameOf(node), " (", op->layer, ")"));
  }
  if (layers.empty()) return;
  notes.push_back(base::Cat("left out, for they do nothing but in training: ",
                            base::Join(layers, ", "), "; add them again before training on"));
}

}  // namespace

Result<ConvertReport> Convert(const ConvertOptions& options) {
  ConvertReport report;
  GOLDCREST_TRY(graph::Graph imported, Import(options));
  report.notes = imported.metadata.notes;
  GOLDCREST_RETURN_IF_ERROR(api::ResolveInputContract(options.contract, imported, report.notes));
  if (!options.labels.empty()) {
    GOLDCREST_TRY(imported.metadata.labels,
                  ReadLabels(options.labels, ClassCount(imported), report.notes));
  }
  if (imported.metadata.input_contract) {
    report.input_contract = tensor::Describe(*imported.metadata.input_contract);
    report.input_contract_from = imported.metadata.input_contract_from;
  } else {
    report.notes.emplace_back(
        "the file does not say how pictures become its input, and neither will the converted one; "
        "state it with --normalize tf|torch|caffe|unit|none|MEAN,STD");
  }
  report.label_count = imported.metadata.labels.size();
  report.operators_before = imported.nodes.size();

  // What cannot run is refused before anything is made of it.
  GOLDCREST_TRY(runtime::Executor before,
                Within(base::Cat("preparing ", imported.name), MakeExecutor(imported)));
  graph::Graph graph = imported;
  GOLDCREST_TRY(report.passes, passes::Run(graph, {.disabled = DisabledPasses(options),
                                                   .evaluate = api::ConstantEvaluator()}));
  report.operators_after = graph.nodes.size();
  if (IsForTraining(options.output)) NoteTrainingOnly(graph, report.notes);
  GOLDCREST_TRY(std::vector<std::byte> bytes, EncodeModel(graph, options.output));
  report.file_bytes = bytes.size();
  GOLDCREST_TRY(base::AtomicFile file, base::AtomicFile::Create(options.output));
  GOLDCREST_RETURN_IF_ERROR(file.Write(bytes));
  GOLDCREST_TRY(report.check,
                Within("checking the converted model",
                       CheckOutputs(options, imported, before, file.temporary_path())));
  GOLDCREST_RETURN_IF_ERROR(file.Commit());
  return report;
}

}  // namespace goldcrest::pipeline
