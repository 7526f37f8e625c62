// TensorFlow's own files → Graph, without TensorFlow.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::formats::tensorflow {

// What a graph does not say of itself.
struct ImportOptions {
  std::vector<std::string> input_arrays;    // "name" or "name:0"; none: its placeholders
  std::vector<std::string> output_arrays;   // none: the one tensor that nothing reads
  std::vector<tensor::Shape> input_shapes;  // in the order of the inputs; none: as the file says
  std::string signature_key;  // of a SavedModel; empty: "serving_default", or the only

  bool any() const {
    return !input_arrays.empty() || !output_arrays.empty() || !input_shapes.empty() ||
           !signature_key.empty();
  }
};

// Whether the bytes begin as a GraphDef does: with a node's name and operator.
bool SniffGraph(std::span<const std::byte> file);

// A frozen graph: a GraphDef whose variables have become constants. Batch normalizations stay what
// they are, those spelled as multiplications and additions too; a convolution between
// SpaceToBatchND and BatchToSpaceND becomes a dilated one; arithmetic on constants and on shapes is
// done here, for the graph has no operators for it. Filters are turned to OHWI. Values keep the
// names of nodes, inputs and outputs are known by the arrays' names. The graph is verified, its
// shapes inferred.
Result<graph::Graph> ReadGraph(std::span<const std::byte> file, const ImportOptions& options);

// Whether the bytes begin as saved_model.pb does.
bool SniffSavedModel(std::span<const std::byte> file);

// The files of a SavedModel. A model without variables has no index.
struct SavedModelFiles {
  std::span<const std::byte> saved_model;
  std::span<const std::byte> index;  // variables/variables.index
  // A shard of variables/variables.data, of `count`.
  std::function<Result<tensor::SharedBytes>(int32_t shard, int32_t count)> shard;
};

// A signature of a SavedModel, on the same terms: functions are inlined, variables become
// constants. Inputs and outputs are known by the signature's names.
Result<graph::Graph> ReadSavedModel(const SavedModelFiles& files, const ImportOptions& options);

// The same of a folder as TensorFlow writes it.
bool IsSavedModelFolder(const std::string& path);
Result<graph::Graph> ReadSavedModelFolder(const std::string& path, const ImportOptions& options);

}  // namespace goldcrest::formats::tensorflow
