#pragma once

#include "base/result.h"
#include "formats/tflite/file_tables.h"
#include "graph/graph.h"

namespace goldcrest::formats::tflite {

// A tensor of the file as a value: its name, type, shape and scales, and its data where it is a
// constant: a window of the file, or a copy where the file holds them unaligned.
Result<graph::Value> ReadTensor(const schema::Tensor& said, FileTables& tables);

}  // namespace goldcrest::formats::tflite
