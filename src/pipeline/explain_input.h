// One picture through the input contract, step by step, and what common mistakes would make of it.
#pragma once

#include <string>
#include <vector>

#include "api/input_contract.h"
#include "base/result.h"
#include "decode/decode.h"
#include "pipeline/model_file.h"

namespace goldcrest::pipeline {

struct ExplainInputOptions {
  std::string model;
  ImportOptions import;  // where its model begins and ends
  std::string picture;
  api::ContractFlags contract;
  int64_t most_pixels = decode::Options().most_pixels;
};

// Numbers of a picture or tensor, in the order of their memory.
struct SomeValues {
  std::vector<double> first;  // twelve at most
  double min = 0, max = 0, mean = 0;
};

struct InputStep {
  std::string name;  // decode, turn upright, crop, resize, order colors, normalize, quantize
  std::string what;  // in words: "central square, from 43, 0"
  int64_t width = 0, height = 0, channels = 3;
  std::string type;  // of the elements: uint8
  SomeValues values;
};

struct InputMistake {
  std::string name;
  std::string what;   // in words
  SomeValues values;  // what the tensor would hold
  // Of the reals that the input stands for from the right ones, on average; 0: no mistake here.
  double mean_difference = 0;
};

struct InputExplanation {
  std::string input_contract;  // in words
  std::string input_contract_from;
  std::vector<InputStep> steps;  // the last one's values are the model's input
  std::vector<InputMistake> mistakes;
  std::vector<std::string> notes;
};

// The picture is held in memory, 3 bytes a pixel.
Result<InputExplanation> ExplainInput(const ExplainInputOptions& options);

}  // namespace goldcrest::pipeline
