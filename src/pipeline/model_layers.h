// The layers of a model as it runs, with what each costs and what its weights take in the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "pipeline/benchmark.h"
#include "tensor/shape.h"

namespace goldcrest::pipeline {

struct Layer {
  std::string name;
  std::string op;  // "conv2d", or "depthwise_conv2d+conv2d" where they are fused
  std::string kernel;
  tensor::Shape shape;  // of its output
  tensor::DType dtype = tensor::DType::kFloat32;
  std::string weights;      // "256 → 1024", "3 x 3, 32 → 64", "3 x 3, 64"; empty where it has none
  std::string weight_type;  // as stored: "float16"
  int64_t parameters = 0;
  uint64_t weight_bytes = 0;
  int64_t multiply_adds = 0;
  double median_ms = 0;
  double share = 0;  // of the model's time
  std::vector<double> round_medians_ms;
};

struct ModelLayers {
  std::vector<Layer> layers;  // in the order in which they run
  // Of all constants that operators of weight use; those that no layer owns are counted too.
  int64_t parameters = 0;
  uint64_t weight_bytes = 0;
};

// `stored` is the model after the passes, but with its weights as a file has them (what they
// are computed of in advance, such as float16, is an operator); `benchmark` has a profile.
// Constants that several layers read belong to the first.
ModelLayers DescribeLayers(const graph::Graph& stored, const ModelBenchmark& benchmark);

}  // namespace goldcrest::pipeline
