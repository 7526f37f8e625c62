// Pictures → a class for each pixel.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/picture_session.h"

namespace goldcrest::pipeline {

struct SegmentOptions : PictureModelOptions {
  double opacity = 0.6;  // of the colours over the picture
  std::string output;    // where coloured pictures go, as DrawnFiles has it
};

struct SegmentShare {
  int64_t index;
  std::string label;  // empty where the model has none
  double share;       // of the pixels
};

struct Segmented {
  std::string file;
  std::vector<SegmentShare> classes;  // the largest first, those that are there
  std::string drawn;                  // the file that was written; empty: none
  double preprocess_ms = 0;
  double run_ms = 0;
};

struct SegmentEvents {
  std::function<void(const PictureReport&)> started;
  std::function<void(const Segmented&)> segmented;
  std::function<void(const Error&)> failed;  // one picture; the others go on
};

// The model's first output is [1, height, width, classes] of scores, or [1, height, width] of
// classes. Fails where it is none, or nothing can be segmented at all.
Status Segment(const SegmentOptions& options, const SegmentEvents& events);

}  // namespace goldcrest::pipeline
