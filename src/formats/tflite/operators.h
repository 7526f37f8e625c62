// TFLite's operators ↔ ours: a row an operator to read, a visit to write.
#pragma once

#include <functional>

#include "base/result.h"
#include "graph/graph.h"
#include "schema_generated.h"

namespace goldcrest::formats::tflite {

// An operator of the file whose indices have been checked. Operands have the ids of their tensors.
struct FileOperator {
  const schema::Operator& op;
  std::vector<graph::ValueId> inputs;   // -1: absent
  std::vector<graph::ValueId> outputs;  // one at least

  graph::ValueId output() const { return outputs.front(); }
};

// Appends what `file_operator` means to the graph; `custom_code` is the name of a CUSTOM one.
Status ReadOperator(schema::BuiltinOperator code, const std::string& custom_code,
                    const FileOperator& file_operator, graph::Graph& graph);

// What the writer of an operator may add to the file being written.
class FileSink {
 public:
  virtual ~FileSink() = default;
  virtual flatbuffers::FlatBufferBuilder& builder() = 0;
  // A new tensor; with contents it is a constant.
  virtual int32_t AddTensor(const graph::Value& value) = 0;
  virtual int32_t AddVector(const std::string& name, const tensor::Shape& shape,
                            std::span<const int32_t> elements) = 0;
  virtual void AddOperator(schema::BuiltinOperator code, int version, std::vector<int32_t> inputs,
                           int32_t output, schema::BuiltinOptions options_type,
                           flatbuffers::Offset<void> options) = 0;
  virtual void AddCustomOperator(const std::string& code, std::vector<int32_t> inputs,
                                 std::vector<int32_t> outputs,
                                 std::span<const uint8_t> options) = 0;
};

// Writes node `index` of the graph; values have the indices of their tensors.
Status WriteOperator(const graph::Graph& graph, size_t index, FileSink& sink);

}  // namespace goldcrest::formats::tflite
