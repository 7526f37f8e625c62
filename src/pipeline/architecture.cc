#include "pipeline/architecture.h"

#include "architectures/architectures.h"
#include "base/file.h"
#include "formats/keras/keras.h"

namespace goldcrest::pipeline {

Result<graph::Graph> BuildArchitecture(const ArchitectureFlags& flags, const std::string& file) {
  if (!file.empty() && !flags.weights.empty()) {
    return Fail(ErrorCode::kUsage, "there are two sources of weights: ", file, " and --weights ",
                flags.weights);
  }
  const std::string weights = file.empty() ? flags.weights : file;
  if (weights.empty()) {
    return Fail(ErrorCode::kUsage,
                "an architecture needs weights: name a file that holds them, or ",
                "state --weights random");
  }
  const bool random = file.empty() && weights == "random";
  if (flags.seed && !random) {
    return Fail(ErrorCode::kUsage, "--seed is for --weights random only");
  }
  architectures::Options options;
  options.alpha = flags.alpha.value_or(options.alpha);
  options.size = flags.size.value_or(options.size);
  options.classes = flags.classes.value_or(options.classes);
  options.include_top = !flags.no_top;
  GOLDCREST_TRY(graph::Graph graph, architectures::Build(flags.name, options));
  if (random) {
    architectures::FillRandom(flags.seed.value_or(1), graph);
    graph.metadata.notes.emplace_back("the weights are random: the model is for measuring speed");
    return graph;
  }
  auto load = [&]() -> Status {
    GOLDCREST_TRY(auto mapped, base::MappedFile::Open(weights));
    return formats::keras::LoadWeights(mapped->bytes(), graph);
  };
  GOLDCREST_RETURN_IF_ERROR(Within(base::Cat("reading ", weights), load()));
  return graph;
}

}  // namespace goldcrest::pipeline
