#include "pipeline/segment.h"

#include <algorithm>
#include <map>

#include "drawing/boxes.h"
#include "image/crop.h"
#include "pipeline/stopwatch.h"

namespace goldcrest::pipeline {
namespace {

using tensor::DType;

constexpr int64_t kMostClasses = 1 << 20;

// The classes of the scores, or -1 where the output has classes itself, or is none of both.
int64_t ClassesOfPixels(const graph::Graph& graph) {
  const tensor::Shape& shape = graph.value(graph.outputs[0]).shape;
  return shape.size() == 4 && shape[3] > 1 ? shape[3] : -1;
}

Status ExpectPixels(const graph::Graph& graph) {
  const graph::Value& output = graph.value(graph.outputs[0]);
  const bool counts = output.dtype == DType::kInt32 || output.dtype == DType::kInt64;
  const bool scores = ClassesOfPixels(graph) > 0 && output.shape[0] == 1 && !counts;
  const bool classes =
      counts && (output.shape.size() == 3 || (output.shape.size() == 4 && output.shape[3] == 1)) &&
      output.shape[0] == 1;
  if (scores || classes) return {};
  return Fail(ErrorCode::kUnsupported, "the model gives no class for each pixel: its output '",
              output.name, "' is ", tensor::NameOf(output.dtype), tensor::ToString(output.shape),
              "; scores [1, height, width, classes] or classes [1, height, width] expected");
}

// The class of each pixel; the first of equal scores.
std::vector<int32_t> ClassOfPixels(const tensor::TensorView& output) {
  std::vector<int32_t> classes;
  const bool counts = output.dtype == DType::kInt32 || output.dtype == DType::kInt64;
  const auto pixels = static_cast<size_t>(output.shape[1] * output.shape[2]);
  const size_t columns = counts ? 1 : static_cast<size_t>(output.shape[3]);
  for (size_t i = 0; i < pixels; ++i) {
    if (counts) {
      const double index = tensor::ElementAsDouble(output, i);
      classes.push_back(
          static_cast<int32_t>(std::clamp(index, 0.0, static_cast<double>(kMostClasses))));
      continue;
    }
    // Scores of integers stand for reals in the same order.
    size_t best = 0;
    for (size_t c = 1; c < columns; ++c) {
      const double score = tensor::ElementAsDouble(output, i * columns + c);
      if (score > tensor::ElementAsDouble(output, i * columns + best)) best = c;
    }
    classes.push_back(static_cast<int32_t>(best));
  }
  return classes;
}

Result<Segmented> SegmentOne(const SegmentOptions& options, const std::string& path,
                             api::Session& session, DrawnFiles& files) {
  const tensor::InputContract& contract = *session.graph().metadata.input_contract;
  Segmented result{.file = path, .classes = {}, .drawn = {}};
  auto start = Clock::now();
  GOLDCREST_TRY(image::Picture picture, ReadPicture(path, options, contract));
  GOLDCREST_RETURN_IF_ERROR(session.SetPicture(picture));
  result.preprocess_ms = MillisecondsSince(start);
  start = Clock::now();
  session.Run();
  result.run_ms = MillisecondsSince(start);
  const tensor::TensorView output = session.output(0);
  const std::vector<int32_t> classes = ClassOfPixels(output);
  std::map<int32_t, size_t> counts;
  for (int32_t index : classes) ++counts[index];
  for (const auto& [index, count] : counts) {
    result.classes.push_back({index, LabelOf(session.graph(), index),
                              static_cast<double>(count) / static_cast<double>(classes.size())});
  }
  std::ranges::stable_sort(result.classes, std::greater(), &SegmentShare::share);
  if (files.wanted()) {
    const image::Region shown = image::CropRegion(contract, picture.width, picture.height);
    drawing::DrawMask(picture, shown, {classes, output.shape[2], output.shape[1]}, options.opacity);
    GOLDCREST_TRY(result.drawn, files.Write(path, picture));
  }
  return result;
}

}  // namespace

Status Segment(const SegmentOptions& options, const SegmentEvents& events) {
  PictureReport report;
  GOLDCREST_TRY(PictureSession opened,
                OpenPictureSession(options, Framing::kWhole, ClassesOfPixels, report));
  GOLDCREST_RETURN_IF_ERROR(ExpectPixels(opened.session.graph()));
  GOLDCREST_TRY(DrawnFiles files, DrawnFiles::Create(options.output, opened.pictures.size()));
  events.started(report);
  for (const std::string& path : opened.pictures) {
    auto result = SegmentOne(options, path, opened.session, files);
    if (result) {
      events.segmented(*result);
    } else {
      events.failed(result.error());
    }
  }
  return {};
}

}  // namespace goldcrest::pipeline
