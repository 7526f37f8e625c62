// A model made ready to be asked about samples.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "api/session.h"
#include "base/result.h"
#include "data/input_reader.h"

namespace goldcrest::pipeline {

struct EvaluatedSessionOptions {
  api::ContractFlags contract;
  tensor::Arithmetic arithmetic = tensor::Arithmetic::kXnnpack;
  tensor::Precision precision = tensor::Precision::kFloat32;
  int64_t most_pixels = decode::Options().most_pixels;
  std::string cache;                        // a file that keeps packed weights; empty: none
  const runtime::Tuning* tuning = nullptr;  // null: none
};

// What is needed to score samples with a model, for one thread.
class EvaluatedSession {
 public:
  // The set must outlive the session.
  static Result<EvaluatedSession> Create(graph::Graph graph, const data::DataSet& set,
                                         const EvaluatedSessionOptions& options);

  // Reads sample i into the input; errors name it.
  Status Read(int64_t i) { return reader_.Read(i, session_.input(0)); }

  // Runs on what was read, and gives the output's reals.
  Status Run(std::vector<float>& output);
  // Makes of an output shares of 1 by class: of a softmax's input where the model ends with another
  // operator. The first `skip` classes are left out.
  void ToScores(size_t skip, std::vector<float>& output) const;

  // What scores below this are is not known: half a step of quantized scores, else a number below
  // what float32 scores resolve.
  double floor() const { return std::max(half_step_.value_or(0), kFloatFloor); }
  int64_t classes() const;
  const api::Session& session() const { return session_; }
  bool takes_whole() const { return reader_.takes_whole(); }

 private:
  EvaluatedSession(api::Session session, data::InputReader reader, std::optional<double> half_step)
      : session_(std::move(session)), reader_(std::move(reader)), half_step_(half_step) {}
  static constexpr double kFloatFloor = 1e-10;
  const graph::Value& output() const;

  api::Session session_;
  data::InputReader reader_;
  std::optional<double> half_step_;  // of the softmax that the model ends with
};

}  // namespace goldcrest::pipeline
