#include "support/read_model.h"

#include <gtest/gtest.h>

#include "base/check.h"
#include "pipeline/model_file.h"

namespace goldcrest::testing {

graph::Graph MustRead(const std::string& path) {
  auto graph = pipeline::ReadModel(path);
  if (!graph) ADD_FAILURE() << graph.error().ToString();
  GOLDCREST_CHECK(graph.has_value());
  return std::move(*graph);
}

}  // namespace goldcrest::testing
