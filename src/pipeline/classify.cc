#include "pipeline/classify.h"

#include "api/session.h"
#include "data/pictures.h"
#include "pipeline/labels.h"
#include "pipeline/model_file.h"
#include "pipeline/stopwatch.h"

namespace goldcrest::pipeline {
namespace {

Result<Classified> ClassifyOne(const ClassifyOptions& options, const std::string& path,
                               api::Session& session) {
  const graph::Metadata& metadata = session.graph().metadata;
  const tensor::InputContract& contract = *metadata.input_contract;
  Classified result{.file = path, .top = {}};
  auto start = Clock::now();
  GOLDCREST_TRY(std::unique_ptr<image::RowSource> rows,
                data::OpenPicture(path, contract, options.most_pixels));
  GOLDCREST_RETURN_IF_ERROR(session.SetPicture(*rows));
  result.preprocess_ms = MillisecondsSince(start);
  start = Clock::now();
  session.Run();
  result.run_ms = MillisecondsSince(start);
  GOLDCREST_TRY(auto top, session.Top(options.top));
  for (const api::ClassScore& best : top) {
    auto at = static_cast<size_t>(best.index);
    std::string label = at < metadata.labels.size() ? metadata.labels[at] : "";
    result.top.push_back({best.index, std::move(label), best.score});
  }
  return result;
}

}  // namespace

Status Classify(const ClassifyOptions& options, const ClassifyEvents& events) {
  ClassifyReport report;
  GOLDCREST_TRY(graph::Graph graph, ReadModel(options.model));
  if (!options.labels.empty()) {
    GOLDCREST_TRY(graph.metadata.labels,
                  ReadLabels(options.labels, ClassCount(graph), report.notes));
  } else if (graph.metadata.labels.empty()) {
    report.notes.emplace_back("the model carries no labels; name a file with --labels");
  }
  GOLDCREST_TRY(std::vector<std::string> pictures, data::ListPictures(options.pictures));
  GOLDCREST_TRY(api::Session session,
                Within(base::Cat("preparing ", options.model),
                       api::Session::Create(std::move(graph), {.threads = options.threads,
                                                               .arithmetic = options.arithmetic,
                                                               .precision = options.precision,
                                                               .input_shapes = options.input_shapes,
                                                               .contract = options.contract,
                                                               .cache = api::CacheFileOf(
                                                                   options.cache, options.model),
                                                               .tuning = options.tuning.get()})));
  const graph::Metadata& metadata = session.graph().metadata;
  if (!metadata.input_contract) {
    return Fail(ErrorCode::kUnsupported, "the model ", options.model,
                " does not say how pictures become its input; state it with --normalize "
                "tf|torch|caffe|unit|none|MEAN,STD");
  }
  report.input_contract = tensor::Describe(*metadata.input_contract);
  report.input_contract_from = metadata.input_contract_from;
  report.notes.insert(report.notes.begin(), session.notes().begin(), session.notes().end());
  events.started(report);
  for (const std::string& path : pictures) {
    auto result = ClassifyOne(options, path, session);
    if (result) {
      events.classified(*result);
    } else {
      events.failed(result.error());
    }
  }
  return {};
}

}  // namespace goldcrest::pipeline
