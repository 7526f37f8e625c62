// TensorFlow Lite files: bytes ↔ Graph.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::formats::tflite {

// Whether the bytes carry the mark of a .tflite file.
bool Sniff(std::span<const std::byte> file);

// The model as the file says it: verified, shapes inferred. Constants are windows of the mapped
// file (copied only where the file holds them unaligned). The subgraph of one signature, named by
// its key where there are several and none is "serving_default"; the operators of `graph/ops.h`.
Result<graph::Graph> Read(const std::shared_ptr<const base::MappedFile>& file,
                          const std::string& signature_key = {});
// The same of bytes that have been mapped or loaded otherwise.
Result<graph::Graph> Read(const tensor::SharedBytes& file, const std::string& signature_key = {});

// The same graph gives the same bytes, always. Graphs of any types without training-only operators;
// batch normalization becomes MUL and ADD, explicit padding becomes SAME where that is equal, else
// PAD.
Result<std::vector<std::byte>> Write(const graph::Graph& graph);

}  // namespace goldcrest::formats::tflite
