#include "pipeline/detect.h"

#include <algorithm>
#include <array>

#include "drawing/boxes.h"
#include "pipeline/stopwatch.h"

namespace goldcrest::pipeline {
namespace {

// Which of the graph's outputs are which parts of the detections.
struct Outputs {
  size_t boxes, classes, scores, count;
};

const graph::Node* ProducerOf(const graph::Graph& graph, graph::ValueId id) {
  const auto found = std::ranges::find(graph.nodes, id, &graph::Node::output);
  return found == graph.nodes.end() ? nullptr : &*found;
}

const graph::DetectionPostProcess* DetectionsOf(const graph::Graph& graph) {
  for (const graph::Node& node : graph.nodes) {
    if (const auto* op = std::get_if<graph::DetectionPostProcess>(&node.op)) return op;
  }
  return nullptr;
}

// Where the part that a graph's output is begins; -1 where it is none.
int64_t BeginOfPart(const graph::Graph& graph, graph::ValueId id) {
  const graph::Node* node = ProducerOf(graph, id);
  if (node != nullptr && std::holds_alternative<graph::Reshape>(node->op)) {
    node = ProducerOf(graph, node->inputs[0]);
  }
  const auto* slice = node == nullptr ? nullptr : std::get_if<graph::StridedSlice>(&node->op);
  return slice == nullptr || slice->begin.size() != 1 ? -1 : slice->begin[0];
}

Result<Outputs> FindOutputs(const graph::Graph& graph) {
  const graph::DetectionPostProcess* op = DetectionsOf(graph);
  if (op == nullptr) {
    return Fail(ErrorCode::kUnsupported, "the model detects nothing: it has no operator ",
                "TFLite_Detection_PostProcess; for names of whole pictures there is classify");
  }
  std::array<size_t, 4> places{};
  const std::array<int64_t, 4> begins = {0, op->rows() * 4, op->rows() * 5, op->rows() * 6};
  for (size_t part = 0; part < begins.size(); ++part) {
    const auto found = std::ranges::find_if(
        graph.outputs, [&](graph::ValueId id) { return BeginOfPart(graph, id) == begins[part]; });
    if (found == graph.outputs.end()) {
      return Fail(ErrorCode::kUnsupported, "not all of the detections are outputs of the model");
    }
    places[part] = static_cast<size_t>(found - graph.outputs.begin());
  }
  return Outputs{places[0], places[1], places[2], places[3]};
}

// How many labels the model takes; -1 where it detects nothing.
int64_t ClassesOfDetections(const graph::Graph& graph) {
  const graph::DetectionPostProcess* op = DetectionsOf(graph);
  return op == nullptr ? -1 : op->num_classes;
}

class Detector {
 public:
  Detector(const DetectOptions& options, api::Session& session, const Outputs& outputs)
      : options_(options), session_(session), outputs_(outputs) {}

  Result<Detected> Detect(const std::string& path, DrawnFiles& files) {
    const tensor::InputContract& contract = *session_.graph().metadata.input_contract;
    Detected result{.file = path, .detections = {}, .drawn = {}};
    auto start = Clock::now();
    GOLDCREST_TRY(image::Picture picture, ReadPicture(path, options_, contract));
    GOLDCREST_RETURN_IF_ERROR(session_.SetPicture(picture));
    result.preprocess_ms = MillisecondsSince(start);
    start = Clock::now();
    session_.Run();
    result.run_ms = MillisecondsSince(start);
    result.detections = Read(image::CropRegion(contract, picture.width, picture.height));
    if (files.wanted()) {
      Draw(result.detections, picture);
      GOLDCREST_TRY(result.drawn, files.Write(path, picture));
    }
    return result;
  }

 private:
  // Boxes are parts of what the model was shown.
  std::vector<Detection> Read(const image::Region& shown) const {
    const std::span<const float> boxes = session_.output(outputs_.boxes).As<float>();
    const std::span<const float> classes = session_.output(outputs_.classes).As<float>();
    const std::span<const float> scores = session_.output(outputs_.scores).As<float>();
    const auto count = static_cast<size_t>(session_.output(outputs_.count).As<float>()[0]);
    const auto width = static_cast<double>(shown.width), height = static_cast<double>(shown.height);
    std::vector<Detection> detections;
    for (size_t i = 0; i < std::min(count, scores.size()); ++i) {
      if (!(scores[i] >= options_.threshold)) continue;
      const auto index = static_cast<int64_t>(classes[i]);
      auto x = [&](float share) { return static_cast<double>(shown.left) + double{share} * width; };
      auto y = [&](float share) { return static_cast<double>(shown.top) + double{share} * height; };
      detections.push_back({index, LabelOf(session_.graph(), index), scores[i], x(boxes[i * 4 + 1]),
                            y(boxes[i * 4]), x(boxes[i * 4 + 3]), y(boxes[i * 4 + 2])});
    }
    std::ranges::stable_sort(detections, std::greater(), &Detection::score);
    return detections;
  }

  static void Draw(const std::vector<Detection>& detections, image::Picture& picture) {
    // The best lies on top.
    for (size_t i = detections.size(); i-- > 0;) {
      const Detection& d = detections[i];
      const std::string name = d.label.empty() ? base::Cat("class ", d.index) : d.label;
      drawing::DrawBox(picture, {d.left, d.top, d.right, d.bottom},
                       base::Cat(name, " ", base::Fixed(double{d.score}, 2)),
                       drawing::ClassColor(d.index));
    }
  }

  const DetectOptions& options_;
  api::Session& session_;
  Outputs outputs_;
};

}  // namespace

Status Detect(const DetectOptions& options, const DetectEvents& events) {
  PictureReport report;
  GOLDCREST_TRY(PictureSession opened,
                OpenPictureSession(options, Framing::kWhole, ClassesOfDetections, report));
  GOLDCREST_TRY(const Outputs outputs, FindOutputs(opened.session.graph()));
  GOLDCREST_TRY(DrawnFiles files, DrawnFiles::Create(options.output, opened.pictures.size()));
  events.started(report);
  Detector detector(options, opened.session, outputs);
  for (const std::string& path : opened.pictures) {
    auto result = detector.Detect(path, files);
    if (result) {
      events.detected(*result);
    } else {
      events.failed(result.error());
    }
  }
  return {};
}

}  // namespace goldcrest::pipeline
