// Real models against the outputs of the framework that they come from.
#pragma once

#include <span>
#include <string>

#include "base/cpu_features.h"
#include "graph/graph.h"
#include "tensor/tensor.h"

namespace goldcrest::testing {

struct GoldenModel {
  const char* model;   // below models/
  const char* golden;  // below golden/
  const char* array;
  tensor::Tensor (*inputs)();  // float32, batch first
  double tolerance;
  const char* logits = nullptr;  // the array of what the softmax reads, where there is one
};

// The inputs of the goldens, as float32.
tensor::Tensor ImageNetInputs();
tensor::Tensor PersonInputs();
tensor::Tensor CifarInputs();
tensor::Tensor EnlargedCifarInputs();  // each pixel repeated 3 x 3
tensor::Tensor KeywordInputs();
tensor::Tensor WakeWordInputs();

// Every model within its tolerance: as imported on the reference kernels, and after all passes at
// every level of the machine. The slow kernels take a share of the inputs.
void ExpectGoldenModels(std::span<const GoldenModel> models,
                        graph::Graph (*read)(const std::string& path));

}  // namespace goldcrest::testing
