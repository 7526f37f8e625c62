// Pictures of several sets as inputs of one model.
#pragma once

#include <map>

#include "data/input_reader.h"
#include "pipeline/training_data.h"

namespace goldcrest::pipeline {

// For one thread; the sets outlive it.
class SampleReader {
 public:
  explicit SampleReader(data::InputDescription input) : input_(std::move(input)) {}

  // Fills a model's input with a picture; errors name it.
  Status Read(const TrainingSample& sample, tensor::MutableTensorView out) {
    auto found = readers_.find(sample.set);
    if (found == readers_.end()) {
      GOLDCREST_TRY(data::InputReader reader,
                    data::InputReader::Create(*sample.set->pictures, input_));
      found = readers_.emplace(sample.set, std::move(reader)).first;
    }
    return found->second.Read(sample.index, out);
  }

 private:
  data::InputDescription input_;
  std::map<const TrainingSet*, data::InputReader> readers_;
};

}  // namespace goldcrest::pipeline
