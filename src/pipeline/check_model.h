// What an engine will take of a model, operator by operator, by its documented rules.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/engine_rules.h"
#include "pipeline/model_file.h"

namespace goldcrest::pipeline {

struct CheckOptions {
  std::string model;
  Engine engine = Engine::kTflite;
  ImportOptions import;
};

struct CheckedOperator {
  std::string name;
  std::string_view op;
  Arithmetics arithmetic = 0;
  Finding finding;          // reason and remedy are empty where it is taken
  std::string_view source;  // of the rule
};

struct CheckReport {
  std::vector<CheckedOperator> operators;  // in the order in which they run
  std::optional<Finding> model;            // what is wrong with the model as a whole
  std::string_view model_source;
  bool converted = false;  // the graph is what convert makes of the file, else the file's own
  std::vector<std::string> notes;

  size_t Count(Verdict verdict) const;
  bool all_taken() const { return !model && Count(Verdict::kTaken) == operators.size(); }
};

// A name without what TensorFlow's converter lists behind its first part.
std::string_view FirstName(std::string_view name);

// Of the graph as it is.
CheckReport CheckGraph(const graph::Graph& graph, Engine engine);

// A .tflite for an engine that reads these is checked as it is; every other model as convert would
// write it.
Result<CheckReport> CheckModel(const CheckOptions& options);

}  // namespace goldcrest::pipeline
