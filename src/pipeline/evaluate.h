// Models side by side on a data set: how often each is right, and how far it is from the first.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "data/data_set.h"
#include "evaluate/answers.h"
#include "pipeline/model_file.h"
#include "runtime/tuning.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::pipeline {

struct EvaluatedSource {
  std::string path;
  // The model, where it has been read already, and the size of its file.
  std::optional<graph::Graph> graph;
  size_t file_bytes = 0;
  // Its first output, where it is known: by sample of the data, nothing for those on which the
  // model has to be run.
  std::vector<std::vector<float>> outputs;
};

struct EvaluateOptions {
  std::vector<EvaluatedSource> models;  // the first is what the others are compared with
  ImportOptions import;                 // of those that leave open where they begin and end
  std::string data;                     // what data::Open takes
  std::string labels;                   // a file, for all models; empty: what each model has
  int64_t limit = 0;                    // pictures; 0: all
  data::FetchOptions fetch;             // of URLs in lists
  bool ignore_labels = false;           // of the data
  int threads = 1;
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  std::string cache;  // of packed weights, as api::SessionOptions has it
  std::shared_ptr<const runtime::Tuning> tuning;  // null: none
  api::ContractFlags contract;
  int64_t most_pixels = decode::Options().most_pixels;
};

struct EvaluatedModel {
  std::string model;
  size_t file_bytes = 0;
  int64_t multiply_adds = 0;
  int64_t parameters = 0;
  std::string input_contract;  // in words; empty where it takes no pictures
  std::string input_contract_from;
  std::vector<std::string> notes;
  std::vector<evaluate::Answer> answers;  // by picture
  evaluate::Summary summary;
  double run_ms = 0;         // median over the pictures on which it was run
  double preprocess_ms = 0;  // decode, crop, resize, normalise
};

struct SkippedSample {
  std::string name;
  std::string reason;
};

struct EvaluateReport {
  std::string data;                      // in words
  std::vector<std::string> pictures;     // names, without those that were skipped
  std::vector<int64_t> labels;           // by picture the class; empty where the data has none
  std::vector<SkippedSample> skipped;    // could not be read
  std::vector<std::string> class_names;  // of the models, by class; empty where unknown
  int64_t classes = 0;
  std::vector<std::string> notes;
  std::vector<EvaluatedModel> models;
  // For who wants to see pictures again.
  std::shared_ptr<const data::DataSet> set;
  std::vector<int64_t> samples;  // by picture: its sample in the set

  bool labelled() const { return !labels.empty(); }
  // "tench, Tinca tinca", or "class 17".
  std::string ClassName(int64_t index) const;
  // Its first synonym: "tench".
  std::string ShortClassName(int64_t index) const;
};

// Results do not depend on the number of threads. A sample that cannot be read is left out, for all
// models; if none can be read, that is an error. Models whose outputs are no list of scores, or
// that have different classes, are errors; of a model with one class more than another, called
// "background" and the first, that class is left out. Outputs that are no softmax are made one.
Result<EvaluateReport> Evaluate(const EvaluateOptions& options,
                                const std::function<void(double share)>& progress);

// The pictures on which a model is farthest from the first (those with another best class, or a
// divergence above 0.001); of the first model itself, those whose right class has the lowest score
// and is not the best. Indices into the pictures, the worst first.
std::vector<size_t> WorstPictures(const EvaluateReport& report, size_t model, size_t most);

// Classes by how many pictures more the first model has right than this one; of the first model
// itself, by the share that it has wrong. Those without a loss are left out; ties by class.
std::vector<evaluate::ClassResult> WorstClasses(const EvaluateReport& report, size_t model,
                                                size_t most);

}  // namespace goldcrest::pipeline
