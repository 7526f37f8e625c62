// Models made of messages, and what reading them says.
#pragma once

#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/onnx/onnx.h"
#include "graph/text.h"
#include "support/onnx_files.h"
#include "support/run_graph.h"

namespace goldcrest::formats::onnx {

inline Result<graph::Graph> ReadMade(const testing::OnnxMaker& make,
                                     const ReadOptions& options = {}) {
  const std::string file = make.model.SerializeAsString();
  return Read(base::AsBytes(file), options);
}

inline graph::Graph MustReadMade(const testing::OnnxMaker& make, const ReadOptions& options = {}) {
  auto graph = ReadMade(make, options);
  if (!graph) {
    ADD_FAILURE() << graph.error().ToString();
    return testing::MustParse("graph \"none\"\ninput %0 \"x\": float32[1]\noutput %0\n");
  }
  return std::move(*graph);
}

// What is wrong with it.
inline std::string ErrorOfMade(const testing::OnnxMaker& make, const ReadOptions& options = {}) {
  auto graph = ReadMade(make, options);
  return graph ? "read" : graph.error().ToString();
}

#define EXPECT_ONNX_ERROR(part, make, ...)                                  \
  {                                                                         \
    const std::string error = ErrorOfMade(make __VA_OPT__(, ) __VA_ARGS__); \
    EXPECT_NE(error.find(part), std::string::npos) << error;                \
  }

// The lines of the text form that are operators.
inline std::string OperatorsOf(const graph::Graph& graph) {
  std::string operators;
  const std::string text = graph::ToText(graph);
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at + 1);
    if (line.find('%') == line.find_first_not_of(' ')) operators += line;
  }
  return operators;
}

// The same without the first, the convolution of AfterConvolution.
inline std::string BehindConvolution(const graph::Graph& graph) {
  const std::string operators = OperatorsOf(graph);
  EXPECT_TRUE(operators.starts_with("%2 \"conv\": float32[1, 6, 6, 4] = conv2d(%0, %1)"));
  const std::string behind = operators.substr(operators.find('\n') + 1);
  return behind.substr(0,
                       behind.size() - (behind.empty() ? 0 : 1));  // without the last end of line
}

// A picture x of 1 x 4 x 6 x 6 that a convolution "conv" of as many channels reads, and after it a
// node "y", the output.
inline testing::OnnxMaker AfterConvolution(std::string_view op, std::vector<std::string> more = {},
                                           int64_t opset = 17) {
  testing::OnnxMaker make(opset);
  make.Input("x", {1, 4, 6, 6});
  make.Floats("w", {4, 4, 3, 3});
  make.Convolution("conv", "x", "w");
  more.insert(more.begin(), "conv");
  make.Add(op, "y", more);
  make.Output("y");
  return make;
}
inline testing::onnx::NodeProto& LastNode(testing::OnnxMaker& make) {
  return *make.graph().mutable_node(make.graph().node_size() - 1);
}

}  // namespace goldcrest::formats::onnx
