#include "formats/tflite/detection_options.h"

#include <flatbuffers/flexbuffers.h>

namespace goldcrest::formats::tflite {
namespace {

// The members of the map; `visit(name, member, needed)` for each.
template <class Op, class Visit>
void Members(Op& op, const Visit& visit) {
  visit("max_detections", op.max_detections, true);
  visit("max_classes_per_detection", op.max_classes_per_detection, true);
  visit("detections_per_class", op.detections_per_class, false);
  visit("use_regular_nms", op.regular_nms, false);
  visit("nms_score_threshold", op.nms_score_threshold, true);
  visit("nms_iou_threshold", op.nms_iou_threshold, true);
  visit("num_classes", op.num_classes, true);
  visit("y_scale", op.y_scale, true);
  visit("x_scale", op.x_scale, true);
  visit("h_scale", op.h_scale, true);
  visit("w_scale", op.w_scale, true);
}

}  // namespace

Result<graph::DetectionPostProcess> ReadDetectionOptions(std::span<const uint8_t> bytes) {
  if (bytes.empty() || !flexbuffers::VerifyBuffer(bytes.data(), bytes.size(), nullptr)) {
    return Invalid("its options are no flexbuffer");
  }
  const flexbuffers::Reference root = flexbuffers::GetRoot(bytes.data(), bytes.size());
  if (!root.IsMap()) return Invalid("its options are no map");
  const flexbuffers::Map map = root.AsMap();
  graph::DetectionPostProcess op;
  Status read;
  Members(op, [&]<class T>(const char* name, T& member, bool needed) {
    const flexbuffers::Reference value = map[name];
    if (value.IsNull()) {
      if (needed && read) read = Invalid("its options lack ", name);
    } else if (!value.IsNumeric() && !value.IsBool()) {
      if (read) read = Invalid("its option ", name, " is no number");
    } else if constexpr (std::is_same_v<T, bool>) {
      member = value.AsBool();
    } else if constexpr (std::is_same_v<T, double>) {
      member = value.AsDouble();
    } else {
      member = value.AsInt64();
    }
  });
  GOLDCREST_RETURN_IF_ERROR(read);
  return op;
}

std::vector<uint8_t> WriteDetectionOptions(const graph::DetectionPostProcess& op) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    Members(op, [&]<class T>(const char* name, const T& member, bool) {
      if constexpr (std::is_same_v<T, bool>) {
        builder.Bool(name, member);
      } else if constexpr (std::is_same_v<T, double>) {
        builder.Float(name, static_cast<float>(member));
      } else {
        builder.Int(name, member);
      }
    });
  });
  builder.Finish();
  return builder.GetBuffer();
}

std::vector<DetectionPart> DetectionParts(const graph::DetectionPostProcess& op) {
  const int64_t rows = op.rows();
  return {{0, rows * 4, {1, rows, 4}},
          {rows * 4, rows, {1, rows}},
          {rows * 5, rows, {1, rows}},
          {rows * 6, 1, {1}}};
}

}  // namespace goldcrest::formats::tflite
