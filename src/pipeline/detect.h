// Pictures → boxes around things, of models that end in TFLite_Detection_PostProcess.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/crop.h"
#include "pipeline/picture_session.h"

namespace goldcrest::pipeline {

struct DetectOptions : PictureModelOptions {
  float threshold = 0.5F;  // the least score
  std::string output;      // where pictures with boxes go, as DrawnFiles has it
};

struct Detection {
  int64_t index;
  std::string label;  // empty where the model has none
  float score;
  double left, top, right, bottom;  // pixels of the upright picture; may lie outside of it
};

struct Detected {
  std::string file;
  std::vector<Detection> detections;  // best first
  std::string drawn;                  // the file that was written; empty: none
  double preprocess_ms = 0;
  double run_ms = 0;
};

struct DetectEvents {
  std::function<void(const PictureReport&)> started;
  std::function<void(const Detected&)> detected;
  std::function<void(const Error&)> failed;  // one picture; the others go on
};

// Fails where nothing can be detected at all.
Status Detect(const DetectOptions& options, const DetectEvents& events);

}  // namespace goldcrest::pipeline
