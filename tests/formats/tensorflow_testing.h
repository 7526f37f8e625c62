// Graphs made of messages, and what reading them says.
#pragma once

#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/tensorflow/tensorflow.h"
#include "support/run_graph.h"
#include "support/tensorflow_files.h"

namespace goldcrest::formats::tensorflow {

inline Result<graph::Graph> Read(const proto::GraphDef& def, const ImportOptions& options = {}) {
  const std::string file = def.SerializeAsString();
  return ReadGraph(base::AsBytes(file), options);
}

inline graph::Graph MustImport(const proto::GraphDef& def, const ImportOptions& options = {}) {
  auto graph = Read(def, options);
  if (!graph) {
    ADD_FAILURE() << graph.error().ToString();
    return testing::MustParse("graph \"none\"\ninput %0 \"x\": float32[1]\noutput %0\n");
  }
  return std::move(*graph);
}

// What is wrong with it.
inline std::string ErrorOf(const proto::GraphDef& def, const ImportOptions& options = {}) {
  auto graph = Read(def, options);
  return graph ? "read" : graph.error().ToString();
}

#define EXPECT_ERROR(part, def, ...)                                   \
  {                                                                    \
    const std::string error = ErrorOf(def __VA_OPT__(, ) __VA_ARGS__); \
    EXPECT_NE(error.find(part), std::string::npos) << error;           \
  }

// A placeholder of 1 x 6 x 6 x 4 and one more node after it.
inline testing::NodeMaker OneNode(std::string_view op, std::vector<std::string> inputs) {
  testing::NodeMaker make;
  make.Placeholder("x", {1, 6, 6, 4});
  make.Add(op, "node", std::move(inputs));
  return make;
}

}  // namespace goldcrest::formats::tensorflow
