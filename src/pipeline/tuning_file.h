// A file that keeps what a tuning has measured, and which kernels it therefore takes.
//
//   {"goldcrest_tuning": 1,
//    "processor": "AMD EPYC 9B45", "isa": "avx512vnni", "threads": 1, "arithmetic": "xnnpack",
//    "precision": "f32", "model": "model.tflite", "default_ms": 1.21, "tuned_ms": 1.15,
//    "bands": true,
//    "layers": [{"layer": "conv2d float32[1, 7, 7, 512] …", "steps": 1, "default": "conv_…",
//                "kernel": "conv_…", "us": {"conv_…": 12.4, "conv_…": 11.9}}]}
//
// A layer is known by its operator, shapes and types, so that it is found in a model whose weights
// or names have changed, too.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "runtime/tuning.h"
#include "tensor/arithmetic.h"
#include "tensor/precision.h"

namespace goldcrest::pipeline {

// What measured times hold for.
struct TunedFor {
  std::string processor;
  std::string isa;
  int64_t threads = 1;
  std::string arithmetic;
  std::string precision;
  bool operator==(const TunedFor&) const = default;
};

struct TunedLayer {
  std::string layer;                                   // LayerKey
  int64_t steps = 1;                                   // of the model that are such a layer
  std::string standard;                                // the kernel that is chosen by rule
  std::string kernel;                                  // the one to take
  std::vector<std::pair<std::string, double>> row_us;  // of all its steps, by kernel, fastest first
};

struct TuningFile {
  TunedFor made_for;
  std::string model;
  double default_ms = 0;  // of a run of the model
  double tuned_ms = 0;    // the same where nothing is faster
  bool bands = true;
  std::vector<TunedLayer> layers;  // that have several kernels
};

// An operator with its attributes, types and shapes: what kernels are chosen by.
std::string LayerKey(const graph::Graph& graph, const graph::Node& node);

std::string ToJson(const TuningFile& file);
Result<TuningFile> TuningFromJson(std::string_view text);

// Of this machine, at the instruction sets that are allowed.
Result<TunedFor> TunedForThis(int threads, tensor::Arithmetic arithmetic,
                              tensor::Precision precision);

// By layer the kernel that it is to have.
using KernelsByLayer = std::map<std::string, std::string, std::less<>>;
std::shared_ptr<const runtime::Tuning> TuningOf(KernelsByLayer kernels, bool bands);

// What `path` says for `now`; null where it was made for something else, of which, and of kernels
// that there are no more, a note tells. A damaged file is an error.
Result<std::shared_ptr<const runtime::Tuning>> OpenTuning(const std::string& path,
                                                          const TunedFor& now,
                                                          std::vector<std::string>& notes);

}  // namespace goldcrest::pipeline
