// Graphs run on the CPU backend.
#pragma once

#include <string>
#include <vector>

#include "base/cpu_features.h"
#include "graph/graph.h"
#include "runtime/executor.h"
#include "tensor/tensor.h"

namespace goldcrest::testing {

graph::Graph MustParse(const std::string& text);
graph::Graph MustReadTflite(const std::string& path);

// An executor of the graph, a dynamic batch being 1.
// The kernels are those of `isa`; by default the best that this machine has.
runtime::Executor MustPrepare(graph::Graph graph, const runtime::Options& options = {},
                              base::Isa isa = base::MachineIsa());

// Fills every float input with seeded noise, runs, and returns the first output.
std::vector<float> RunOnNoise(const graph::Graph& graph, uint64_t seed);

// Softmax and logits (the softmax's input) of a MobileNet V1 0.25 graph within 1e-4 of Keras' on
// all golden inputs.
void ExpectKerasOutputs(const graph::Graph& graph, base::Isa isa);

void SetInput(runtime::Executor& executor, const tensor::TensorView& input);

}  // namespace goldcrest::testing
