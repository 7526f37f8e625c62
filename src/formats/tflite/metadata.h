// What a .tflite file says beside its arithmetic: the metadata M001, for everyone, and the complete
// input contract as JSON in the buffer GOLDCREST_INPUT.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace goldcrest::formats::tflite {

inline constexpr char kMetadataName[] = "TFLITE_METADATA";
inline constexpr char kContractName[] = "GOLDCREST_INPUT";
inline constexpr char kLabelsName[] = "labels.txt";

// The M001 flatbuffer for the graph's metadata.
std::vector<std::byte> WriteMetadata(const graph::Graph& graph);

// Fills graph.metadata from M001 (which describes the input `graph.inputs[0]`); labels come out of
// the archive at the end of `file`. Labels that cannot be read leave a note, not an error.
Status ReadMetadata(std::span<const std::byte> metadata, std::span<const std::byte> file,
                    graph::Graph& graph);

// The lines of a label file, without line ends; an empty line at the end does not count.
std::vector<std::string> SplitLines(std::string_view text);

}  // namespace goldcrest::formats::tflite
