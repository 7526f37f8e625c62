// Pictures → labels.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/picture_session.h"

namespace goldcrest::pipeline {

struct ClassifyOptions : PictureModelOptions {
  size_t top = 5;
};

struct LabelledScore {
  int64_t index;
  std::string label;  // empty where the model has none
  float score;
};

struct Classified {
  std::string file;
  std::vector<LabelledScore> top;
  double preprocess_ms = 0;  // decode, crop, resize, normalise
  double run_ms = 0;
};

struct ClassifyEvents {
  std::function<void(const PictureReport&)> started;
  std::function<void(const Classified&)> classified;
  std::function<void(const Error&)> failed;  // one picture; the others go on
};

// Fails where nothing can be classified at all.
Status Classify(const ClassifyOptions& options, const ClassifyEvents& events);

}  // namespace goldcrest::pipeline
