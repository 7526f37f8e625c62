// The options of TFLite_Detection_PostProcess: a flexbuffer with a map.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "graph/ops.h"

namespace goldcrest::formats::tflite {

inline constexpr const char* kDetectionPostProcess = "TFLite_Detection_PostProcess";

Result<graph::DetectionPostProcess> ReadDetectionOptions(std::span<const uint8_t> bytes);
std::vector<uint8_t> WriteDetectionOptions(const graph::DetectionPostProcess& op);

// The part of the operator's result that each of the file's four outputs is.
struct DetectionPart {
  int64_t begin, size;
  std::vector<int64_t> shape;  // in the file
};
std::vector<DetectionPart> DetectionParts(const graph::DetectionPostProcess& op);

}  // namespace goldcrest::formats::tflite
