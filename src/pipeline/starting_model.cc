#include "pipeline/starting_model.h"

#include "graph/resize_inputs.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"
#include "train/learned.h"

namespace goldcrest::pipeline {
namespace {

Result<graph::Graph> ReadStart(const StartOptions& options, size_t classes) {
  if (options.architecture.name.empty()) {
    GOLDCREST_TRY(graph::Graph graph, ReadModel(options.from));
    if (options.size == 0) return graph;
    const tensor::Shape shape = {-1, options.size, options.size, 3};
    GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("giving ", options.from, " the size ", options.size),
                                     graph::ResizeInputs(graph, std::span(&shape, 1))));
    return graph;
  }
  ArchitectureFlags flags = options.architecture;
  flags.classes = static_cast<int64_t>(classes);
  if (options.size > 0) flags.size = options.size;
  if (options.from.empty()) {
    flags.weights = "random";
    flags.seed = options.seed + 1;
  }
  return BuildArchitecture(flags, options.from);
}

Status ResolveContract(const StartOptions& options, StartingModel& model) {
  graph::Graph& graph = model.graph;
  model.notes = graph.metadata.notes;
  graph.metadata.notes.clear();
  GOLDCREST_RETURN_IF_ERROR(api::ResolveInputContract(options.contract, graph, model.notes));
  if (!graph.metadata.input_contract) {
    return Fail(ErrorCode::kUnsupported, options.from,
                " does not say how pictures become its input; state it with --normalize "
                "tf|torch|caffe|unit|none|MEAN,STD");
  }
  model.input_contract = tensor::Describe(*graph.metadata.input_contract);
  return {};
}

// The model with a head for these classes, and the constants of it that are new.
Status GiveHead(const StartOptions& options, const std::vector<std::string>& classes,
                StartingModel& model) {
  const bool built = !options.architecture.name.empty();
  const std::vector<std::string>& labels = model.graph.metadata.labels;
  const bool as_many = labels.empty() && ClassCount(model.graph) == std::ssize(classes);
  const bool keeps =
      (built || (options.fine_tune && (labels == classes || as_many))) && options.head.empty();
  if (keeps && as_many && !built) {
    model.notes.push_back(base::Cat("the model has no labels; its ", classes.size(),
                                    " classes were taken for those of the data, in their order"));
  }
  GOLDCREST_TRY(const std::vector<train::HeadLayer> layers, train::ParseHead(options.head));
  if (keeps) return {};
  if (options.fine_tune) {
    model.notes.emplace_back(
        "the head is new, and learned together with the layers before it; a head that was learned "
        "alone first (without --fine-tune) disturbs them less");
  }
  GOLDCREST_TRY(model.frozen, Within(base::Cat("giving ", options.from, " a new head"),
                                     train::ReplaceHead(std::move(model.graph), std::ssize(classes),
                                                        layers, options.seed)));
  model.graph = model.frozen->graph;
  return {};
}

}  // namespace

Result<StartingModel> MakeStartingModel(const StartOptions& options,
                                        const std::vector<std::string>& classes) {
  StartingModel model;
  GOLDCREST_TRY(model.graph, ReadStart(options, classes.size()));
  GOLDCREST_RETURN_IF_ERROR(ResolveContract(options, model));
  GOLDCREST_RETURN_IF_ERROR(GiveHead(options, classes, model));
  model.graph.metadata.labels = classes;
  if (model.frozen) model.frozen->graph.metadata.labels = classes;
  const bool built = !options.architecture.name.empty();
  const bool all = options.fine_tune == kAllLayers || (built && !options.fine_tune);
  model.batch_statistics = options.batch_statistics.value_or(all);
  if (!options.fine_tune && !built) {
    model.learned.assign(model.graph.values.size(), false);
    for (graph::ValueId id : model.frozen->learned) model.learned[static_cast<size_t>(id)] = true;
    return model;
  }
  const auto nodes = static_cast<int64_t>(model.graph.nodes.size());
  const int64_t wanted = options.fine_tune.value_or(kAllLayers);
  const int64_t first = wanted == kAllLayers ? 0 : std::max<int64_t>(nodes - wanted, 0);
  model.learned = train::LearnedConstants(model.graph, static_cast<size_t>(first));
  if (model.frozen) {
    for (graph::ValueId id : model.frozen->learned) model.learned[static_cast<size_t>(id)] = true;
    model.frozen.reset();
  }
  return model;
}

}  // namespace goldcrest::pipeline
