// A float model to a smaller one: what `goldcrest quantize` does, without files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "quantize/calibrate.h"
#include "quantize/integer_graph.h"
#include "quantize/kind.h"
#include "quantize/prepare_channels.h"
#include "quantize/range_search.h"
#include "quantize/recipe.h"

namespace goldcrest::quantize {

struct Options {
  Kind kind = Kind::kInt8;
  std::optional<tensor::DType> io;    // of inputs and outputs; none: the kind's
  bool per_tensor = false;            // one scale for all weights of a layer
  bool symmetric = false;             // int8 activations without zero points
  std::optional<RangeMethod> ranges;  // of activations; none: see activation_ranges.h
  KeptLayers kept;                    // of kinds with integers
  Recipe recipe;
};

struct Report {
  PreparedChannels channels;
  std::vector<std::string> warnings;  // of the samples
  std::vector<std::string> notes;     // what stayed float
};

struct Quantized {
  graph::Graph graph;
  // The float model whose layers those of the graph, by their names, stand for: the one that was
  // given, its channels brought to one size where a step does that.
  graph::Graph reference;
  Plan plan;  // of `reference`; empty where weights alone became smaller
  // Of the model that was given; none where it was not run, or had been changed before.
  Outputs outputs;
};

// `graph` is float32 and has been through the passes. An error where it is quantized already, a
// weight is no finite number, or samples are needed and missing.
Result<Quantized> Quantize(const graph::Graph& graph, const Options& options,
                           const Environment& environment, Report& report);

}  // namespace goldcrest::quantize
