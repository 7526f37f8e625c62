// The whole story on pictures that the program draws itself: from data to an integer model, each
// step as a user could call it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/picture.h"
#include "pipeline/compare.h"
#include "pipeline/convert.h"
#include "pipeline/evaluate.h"
#include "pipeline/quantize.h"
#include "pipeline/train.h"

namespace goldcrest::pipeline {

struct DemoOptions {
  std::string folder = "demo";
  uint64_t seed = 0;
  int threads = 1;
  // What takes about a minute on two cores.
  int64_t training_pictures = 300;  // of each class
  int64_t test_pictures = 80;
  int64_t epochs = 20;
};

// What is written, in the folder.
struct DemoFiles {
  explicit DemoFiles(const std::string& folder);
  std::string training_data, test_data, new_pictures;  // folders
  std::string trained, converted, quantized;           // models
  std::string sheet, page;
};

struct DemoStep {
  std::string title;
  std::string command;               // that does the same; empty: there is none
  std::vector<std::string> outcome;  // lines
  double seconds = 0;
};

// A new picture, and what the quantized model says that it shows.
struct DemoAnswer {
  std::string file;
  image::Picture picture;
  std::string sign, answer;  // classes
  double score = 0;
  bool right() const { return sign == answer; }
};

struct DemoReport {
  DemoFiles files;
  std::vector<DemoStep> steps;
  TrainReport training;
  ConvertReport conversion;
  QuantizeReport quantization;
  EvaluateReport evaluation;  // of the float model and the quantized one, on the test pictures
  CompareReport comparison;   // of the same two, without data
  std::vector<DemoAnswer> answers;
};

struct DemoEvents {
  std::function<void(size_t number, size_t steps, const DemoStep& step)> started;
  std::function<void(double share, const std::string& doing)> progress;
  std::function<void(const train::EpochReport& report, int64_t epochs)> epoch_done;
  std::function<void(const std::string& text)> note;  // what the user wants to know at once
  std::function<void(const DemoStep& step)> done;
};

// Writes all DemoFiles but the page, each whole or not at all. An error where the folder cannot be
// written, before anything is drawn.
Result<DemoReport> RunDemo(const DemoOptions& options, const DemoEvents& events);

}  // namespace goldcrest::pipeline
