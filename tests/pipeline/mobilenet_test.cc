// The whole way on the real model and real photographs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "graph/verify.h"
#include "pipeline/classify.h"
#include "pipeline/convert.h"
#include "support/read_model.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

using testing::SharedFile;
using testing::TemporaryFolder;

ConvertOptions V1Options(const std::string& output) {
  return {.input = SharedFile("models/keras_mobilenet_v1_025_224.h5"),
          .output = output,
          .labels = SharedFile("models/imagenet_labels.txt")};
}

TEST(MobileNet, ConvertedComputesWhatKerasDoes) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  auto report = Convert(V1Options(folder.File("m.tflite")));
  ASSERT_TRUE(report) << report.error().ToString();
  EXPECT_LT(report->check.difference.max_absolute, 1e-5);
  EXPECT_TRUE(report->check.same_best_class);
  EXPECT_EQ(report->label_count, 1000U);
  graph::Graph graph = testing::MustRead(folder.File("m.tflite"));
  EXPECT_EQ(graph.nodes.size(), 31U);
  for (base::Isa isa : base::MachineIsas()) testing::ExpectKerasOutputs(graph, isa);
}

TEST(MobileNet, TwoConversionsGiveTheSameBytes) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  ASSERT_TRUE(Convert(V1Options(folder.File("1.tflite"))));
  ASSERT_TRUE(Convert(V1Options(folder.File("2.tflite"))));
  EXPECT_TRUE(testing::ReadAll(folder.File("1.tflite")) ==
              testing::ReadAll(folder.File("2.tflite")));
  // A .tflite converted again keeps its metadata, and is the same from then on.
  ASSERT_TRUE(Convert({.input = folder.File("1.tflite"), .output = folder.File("3.tflite")}));
  ASSERT_TRUE(Convert({.input = folder.File("3.tflite"), .output = folder.File("4.tflite")}));
  EXPECT_TRUE(testing::ReadAll(folder.File("3.tflite")) ==
              testing::ReadAll(folder.File("4.tflite")));
  EXPECT_EQ(testing::MustRead(folder.File("4.tflite")).metadata.labels.size(), 1000U);
}

TEST(MobileNet, EachPassCanBeLeftOut) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  for (const passes::Pass& pass : passes::Passes()) {
    if (pass.name == "remove_training") continue;  // dropout has no .tflite form
    ConvertOptions options = V1Options(folder.File("m.tflite"));
    options.disabled_passes = {std::string(pass.name)};
    auto report = Convert(options);
    ASSERT_TRUE(report) << pass.name << ": " << report.error().ToString();
    EXPECT_LT(report->check.difference.max_absolute, 1e-5) << pass.name;
  }
}

// Every pass alone, in its order, keeps the outputs.
TEST(MobileNet, EachPassKeepsTheOutputs) {
  REQUIRE_SHARED();
  graph::Graph graph = testing::MustRead(SharedFile("models/keras_mobilenet_v1_025_224.h5"));
  auto outputs = [&] {
    runtime::Executor executor = testing::MustPrepare(graph);
    testing::SetInput(executor, testing::GoldenInput(0).view());
    executor.Run();
    std::span<const float> out = executor.output(0).As<float>();
    return std::vector<float>(out.begin(), out.end());
  };
  std::vector<float> before = outputs();
  for (const passes::Pass& pass : passes::Passes()) {
    passes::WorkLimit limit(graph);
    int changes = pass.run(graph, {}, limit);
    EXPECT_TRUE(graph::Verify(graph)) << pass.name;
    bool needed = pass.name == "remove_training" || pass.name == "fold_batch_norm" ||
                  pass.name == "fuse_padding" || pass.name == "fuse_activation";
    EXPECT_EQ(changes > 0, needed) << pass.name;
    std::vector<float> after = outputs();
    for (size_t i = 0; i < before.size(); ++i) ASSERT_NEAR(before[i], after[i], 1e-5) << pass.name;
    before = after;
  }
  // What is left: 28 convolutions, the mean, the reshape and the softmax; 13 are depthwise.
  EXPECT_EQ(graph.nodes.size(), 31U);
}

struct Best {
  int64_t index;
  double score;
};

std::map<std::string, std::vector<Best>> ReadBestFive(const std::string& path) {
  std::map<std::string, std::vector<Best>> best;
  std::ifstream table(path);
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string name;
    int label = 0;
    fields >> name >> label;
    for (Best one{}; fields >> one.index >> one.score;) best[name].push_back(one);
  }
  return best;
}

// Best five of the photographs as Keras has them; neighbours whose scores are within 1e-4 may swap.
// Under sanitizers, which are slow, every tenth photograph.
TEST(MobileNet, NamesEveryPhotographAsKerasDoes) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  ASSERT_TRUE(Convert(V1Options(folder.File("m.tflite"))));
  auto golden = ReadBestFive(SharedFile("golden/top5.keras_mobilenet_v1_025_224.keras.tsv"));
  ASSERT_EQ(golden.size(), 500U);
  ClassifyOptions options;
  options.model = folder.File("m.tflite");
  options.threads = 2;
  const int step = GOLDCREST_SANITIZED ? 10 : 1;
  int number = 0;
  for (const auto& [name, best] : golden) {
    if (number++ % step == 0) options.pictures.push_back(SharedFile("images/imagenet/" + name));
  }
  size_t classified = 0;
  ClassifyEvents events;
  events.started = [](const PictureReport& report) { EXPECT_TRUE(report.notes.empty()); };
  events.failed = [](const Error& error) { ADD_FAILURE() << error.ToString(); };
  events.classified = [&](const Classified& result) {
    ++classified;
    const std::vector<Best>& best = golden.at(std::filesystem::path(result.file).filename());
    ASSERT_EQ(result.top.size(), 5U);
    for (size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(result.top[i].score, best[i].score, 1e-4) << result.file;
      bool swapped = result.top[i].index != best[i].index;
      if (!swapped) continue;
      // The class that Keras has here must be a neighbour of nearly the same score.
      double gap = std::min(i > 0 ? std::fabs(best[i - 1].score - best[i].score) : 1,
                            i < 4 ? std::fabs(best[i + 1].score - best[i].score) : 0);
      EXPECT_LT(gap, 1e-4) << result.file << " place " << i;
    }
  };
  Status status = Classify(options, events);
  ASSERT_TRUE(status) << status.error().ToString();
  EXPECT_EQ(classified, options.pictures.size());
}

}  // namespace
}  // namespace goldcrest::pipeline
