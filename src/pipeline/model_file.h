// Files of models: the table of all formats.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::pipeline {

// The content decides the format, not the name.
Result<graph::Graph> ReadModel(const std::string& path);

// The format of an open model file, for people: "Keras .h5".
std::string FormatOf(std::span<const std::byte> file);

// An error where the path's extension names no format that models are written in.
Status CheckFormatName(const std::string& path);

// The graph in the format that the path's extension names.
Result<std::vector<std::byte>> EncodeModel(const graph::Graph& graph, const std::string& path);

// Whether models are trained on from files of that name's format: they are written with all that
// training needs, batch normalizations and dropout.
bool IsForTraining(const std::string& path);

}  // namespace goldcrest::pipeline
