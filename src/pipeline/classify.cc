#include "pipeline/classify.h"

#include "data/pictures.h"
#include "pipeline/labels.h"
#include "pipeline/stopwatch.h"

namespace goldcrest::pipeline {
namespace {

Result<Classified> ClassifyOne(const ClassifyOptions& options, const std::string& path,
                               api::Session& session) {
  const tensor::InputContract& contract = *session.graph().metadata.input_contract;
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
    result.top.push_back({best.index, LabelOf(session.graph(), best.index), best.score});
  }
  return result;
}

}  // namespace

Status Classify(const ClassifyOptions& options, const ClassifyEvents& events) {
  PictureReport report;
  GOLDCREST_TRY(PictureSession opened,
                OpenPictureSession(options, Framing::kCenter, ClassCount, report));
  events.started(report);
  for (const std::string& path : opened.pictures) {
    auto result = ClassifyOne(options, path, opened.session);
    if (result) {
      events.classified(*result);
    } else {
      events.failed(result.error());
    }
  }
  return {};
}

}  // namespace goldcrest::pipeline
