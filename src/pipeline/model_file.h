// Files of models: the table of all formats.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "formats/onnx/onnx.h"
#include "formats/tensorflow/tensorflow.h"
#include "graph/graph.h"

namespace goldcrest::pipeline {

using formats::tensorflow::ImportOptions;

// The content decides the format, not the name; a folder is a SavedModel. `options` say what
// TensorFlow's files leave open; shapes of inputs may be stated for any file, of an ONNX model in
// its own order of dimensions.
Result<graph::Graph> ReadModel(const std::string& path, const ImportOptions& options = {});

// The same for commands that give inputs other shapes themselves: only TensorFlow's files, which
// may leave them open, are read with them.
Result<graph::Graph> ReadModel(const std::string& path, const ImportOptions& options,
                               const std::vector<tensor::Shape>& shapes);

// Whether the file leaves open where its model begins and ends: frozen graphs and SavedModels do.
bool LeavesEndsOpen(const std::string& path);

struct StoredModel {
  std::string format;  // for people: "Keras .h5"
  uint64_t bytes = 0;  // of all files of a SavedModel
};

// What a model is stored as.
Result<StoredModel> DescribeStored(const std::string& path);

// An error where the path's extension names no format that models are written in.
Status CheckFormatName(const std::string& path);

// What formats leave open that are written for several engines.
using ExportOptions = formats::onnx::WriteOptions;

// The graph as the engines compute it that read the format of the path's extension; `notes` says
// what was changed.
Result<graph::Graph> AdaptToFormat(const graph::Graph& graph, const std::string& path,
                                   const ExportOptions& options, std::vector<std::string>& notes);

// The graph, adapted, in the format that the path's extension names.
Result<std::vector<std::byte>> EncodeModel(const graph::Graph& graph, const std::string& path,
                                           const ExportOptions& options = {});

// Whether the path's extension names a format with options of its own.
bool HasExportOptions(const std::string& path);

// Whether models are trained on from files of that name's format: they are written with all that
// training needs, batch normalizations and dropout.
bool IsForTraining(const std::string& path);

}  // namespace goldcrest::pipeline
