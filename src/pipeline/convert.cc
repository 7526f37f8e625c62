#include "pipeline/convert.h"

#include <algorithm>
#include <cmath>

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
#include "tensor/reals.h"

namespace goldcrest::pipeline {
namespace {

constexpr double kLargestRelativeDifference = 1e-3;
// Of integer models for engines that leave roundings out: wrong is what is beyond all rounding.
constexpr double kLargestWithOtherRounding = 0.5;

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

// Gives `to` the inputs of `from`, rounded where they are integers.
void CopyInputs(runtime::Executor& from, runtime::Executor& to) {
  for (size_t i = 0; i < from.graph().inputs.size(); ++i) {
    const tensor::MutableTensorView integers = to.input(i);
    const graph::Value& value = to.graph().value(to.graph().inputs[i]);
    if (integers.dtype == from.input(i).dtype) {
      std::ranges::copy(from.input(i).bytes, integers.bytes.begin());
      continue;
    }
    const tensor::IntegerLimits limits = *tensor::LimitsOf(integers.dtype);
    const auto zero = static_cast<float>(value.quantization.zero_point[0]);
    std::ranges::transform(from.input(i).As<float>(), integers.bytes.begin(), [&](float x) {
      const float steps = std::nearbyint(x / value.quantization.scale[0]) + zero;
      return static_cast<std::byte>(static_cast<int32_t>(
          std::clamp(steps, static_cast<float>(limits.low), static_cast<float>(limits.high))));
    });
  }
}

// Output i as reals; others, which stand for none, as they are.
Status ReadOutput(runtime::Executor& executor, size_t i, std::vector<float>& reals,
                  tensor::TensorView& view) {
  view = executor.output(i);
  const graph::Graph& graph = executor.graph();
  const tensor::Quantization& quantization = graph.value(graph.outputs[i]).quantization;
  if (view.dtype == tensor::DType::kFloat32 || quantization.empty()) return {};
  GOLDCREST_RETURN_IF_ERROR(tensor::ReadReals(view, quantization, reals));
  view = {tensor::DType::kFloat32, view.shape, std::as_bytes(std::span(reals))};
  return {};
}

// Integers are to come out of the file as out of the graph that has been written.
Status ExpectSameIntegers(graph::Graph graph, runtime::Executor& before, runtime::Executor& after) {
  GOLDCREST_TRY(runtime::Executor written, MakeExecutor(std::move(graph)));
  CopyInputs(before, written);
  written.Run();
  for (size_t i = 0; i < written.graph().outputs.size(); ++i) {
    if (std::ranges::equal(written.output(i).bytes, after.output(i).bytes)) continue;
    return Fail(ErrorCode::kInvalid,
                "the written model does not compute what was to be written; nothing was written");
  }
  return {};
}

// `before` runs the graph as imported; `integers`: what was written, if it computes with them.
Result<OutputCheck> CheckOutputs(const ConvertOptions& options, const graph::Graph& imported,
                                 runtime::Executor& before, const std::string& written,
                                 const graph::Graph* integers, double limit) {
  GOLDCREST_TRY(graph::Graph read_back, ReadModel(written));
  GOLDCREST_TRY(runtime::Executor after, MakeExecutor(std::move(read_back)));
  OutputCheck check;
  GOLDCREST_RETURN_IF_ERROR(FillInput(options, imported, before, check.sample));
  CopyInputs(before, after);
  before.Run();
  after.Run();
  std::vector<float> reals;
  std::vector<float> expected_reals;
  for (size_t i = 0; i < imported.outputs.size(); ++i) {
    tensor::TensorView output;
    tensor::TensorView expected;
    GOLDCREST_RETURN_IF_ERROR(ReadOutput(after, i, reals, output));
    GOLDCREST_RETURN_IF_ERROR(ReadOutput(before, i, expected_reals, expected));
    if (i == 0) check.same_best_class = BestClass(expected) == BestClass(output);
    tensor::Difference difference = tensor::Compare(expected, output);
    // A NaN compares as false both ways: it is the worst, and must not pass.
    bool worse = !(difference.max_relative <= check.difference.max_relative);
    if (i == 0 || worse) check.difference = difference;
  }
  if (integers != nullptr) {
    GOLDCREST_RETURN_IF_ERROR(ExpectSameIntegers(*integers, before, after));
  } else if (!(check.difference.max_relative <= limit)) {
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
  GOLDCREST_TRY(const std::optional<quantize::TrainedOptions> integers,
                ParseInferenceFlags(options.inference, report.notes));
  if (integers && IsForTraining(options.output)) {
    return Fail(ErrorCode::kUsage, "integers are written as .tflite; ", options.output,
                " would be trained on, which goes with floats");
  }
  const api::ContractFlags contract =
      integers ? WithScaling(options.contract, *integers, imported) : options.contract;
  GOLDCREST_RETURN_IF_ERROR(api::ResolveInputContract(contract, imported, report.notes));
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

  if (options.onnx && !HasExportOptions(options.output)) {
    return Fail(ErrorCode::kUsage, "--target and --input-layout go with .onnx files");
  }
  const ExportOptions onnx = options.onnx.value_or(ExportOptions{});
  GOLDCREST_TRY(graph::Graph graph, AdaptToFormat(imported, options.output, onnx, report.notes));
  // What cannot run is refused before anything is made of it.
  GOLDCREST_TRY(runtime::Executor before,
                Within(base::Cat("preparing ", imported.name), MakeExecutor(graph)));
  quantize::WeightRanges weight_ranges;
  if (integers) {
    GOLDCREST_TRY(weight_ranges, quantize::TakeWeightRanges(graph));
    report.integers = Describe(*integers);
  }
  GOLDCREST_TRY(report.passes, passes::Run(graph, {.disabled = DisabledPasses(options),
                                                   .evaluate = api::ConstantEvaluator()}));
  if (integers) {
    GOLDCREST_TRY(graph, quantize::IntegersAsTrained(std::move(graph), weight_ranges, *integers,
                                                     report.notes));
    GOLDCREST_TRY(graph, AdaptToFormat(graph, options.output, onnx, report.notes));
  }
  report.operators_after = graph.nodes.size();
  if (IsForTraining(options.output)) NoteTrainingOnly(graph, report.notes);
  GOLDCREST_TRY(std::vector<std::byte> bytes, EncodeModel(graph, options.output, onnx));
  report.file_bytes = bytes.size();
  const bool rounds_less =
      HasExportOptions(options.output) && formats::onnx::RoundsLess(graph, onnx.target);
  const double limit = rounds_less ? kLargestWithOtherRounding : kLargestRelativeDifference;
  if (rounds_less) {
    report.notes.emplace_back(
        "the engine rounds less than the model does, so that outputs move by what rounding did");
  }
  GOLDCREST_TRY(base::AtomicFile file, base::AtomicFile::Create(options.output));
  GOLDCREST_RETURN_IF_ERROR(file.Write(bytes));
  GOLDCREST_TRY(report.check,
                Within("checking the converted model",
                       CheckOutputs(options, imported, before, file.temporary_path(),
                                    integers && !rounds_less ? &graph : nullptr, limit)));
  GOLDCREST_RETURN_IF_ERROR(file.Commit());
  return report;
}

}  // namespace goldcrest::pipeline
