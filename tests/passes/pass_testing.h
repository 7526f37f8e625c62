// Text in, a pass, text out.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "graph/text.h"
#include "graph/verify.h"
#include "passes/passes.h"
#include "support/run_graph.h"

namespace goldcrest::testing {

using Rewrite = std::function<int(graph::Graph&)>;

// A pass with a limit of its own.
inline Rewrite Limited(int (*pass)(graph::Graph&, passes::WorkLimit&)) {
  return [pass](graph::Graph& graph) {
    passes::WorkLimit limit(graph);
    return pass(graph, limit);
  };
}

// The lines of a graph that begin with one of `first`.
inline std::string LinesOf(const graph::Graph& graph, std::string_view first) {
  const std::string printed = graph::ToText(graph);
  std::string lines;
  for (size_t at = 0; at < printed.size();) {
    size_t end = printed.find('\n', at) + 1;
    if (first.contains(printed[at])) lines += printed.substr(at, end - at);
    at = end;
  }
  return lines;
}

inline graph::Graph Rewritten(const Rewrite& pass, const std::string& text) {
  graph::Graph graph = MustParse(text);
  pass(graph);
  passes::RemoveDeadCode(graph);
  EXPECT_TRUE(graph::Verify(graph));
  return graph;
}

// The nodes after one pass and the removal of what it left unused.
inline std::string After(const Rewrite& pass, const std::string& text) {
  return LinesOf(Rewritten(pass, text), "%");
}

// The constants too.
inline std::string AfterWithConstants(const Rewrite& pass, const std::string& text) {
  return LinesOf(Rewritten(pass, text), "c%");
}

// The text with the first `from` in it, which must be there, replaced.
inline std::string Replaced(const std::string& text, const std::string& from,
                            const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return base::Cat(text.substr(0, at), to, text.substr(at + from.size()));
}

// A pass must not change what a graph computes.
inline void ExpectSameOutputs(const Rewrite& pass, const std::string& text) {
  graph::Graph graph = MustParse(text);
  std::vector<float> before = RunOnNoise(graph, 5);
  pass(graph);
  std::vector<float> after = RunOnNoise(graph, 5);
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(before[i], after[i], 1e-5) << i;
}

}  // namespace goldcrest::testing
