#include "pipeline/tuning_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kernels/conv/conv.h"
#include "pipeline/kernel_tables.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

constexpr char kTwoLayers[] = R"(
  input %0 "x": float32[1, 8, 8, 3]
  const %1 "w": float32[16, 3, 3, 3] = random(1)
  const %2 "v": float32[8, 1, 1, 16] = random(2)
  %3 "first": float32[1, 4, 4, 16] = conv2d(%0, %1) stride_h=2 stride_w=2 padding=same
  %4 "second": float32[1, 4, 4, 8] = conv2d(%3, %2) activation=relu6
  output %4)";
constexpr char kFirstKey[] =
    "conv2d stride_h=2 stride_w=2 padding=same: float32[1, 8, 8, 3], float32[16, 3, 3, 3] -> "
    "float32[1, 4, 4, 16]";

const TunedFor kHere = {"Z80", "avx2", 1, "xnnpack", "f32"};

std::string SomeKernel() { return std::string(kernels::conv::Rows().back().name); }

TuningFile SomeFile() {
  return {.made_for = kHere,
          .model = "m.tflite",
          .default_ms = 1.23456,
          .tuned_ms = 1.1,
          .bands = false,
          .layers = {{.layer = kFirstKey,
                      .steps = 2,
                      .standard = "some",
                      .kernel = SomeKernel(),
                      .row_us = {{SomeKernel(), 7.25}, {"some", 9}}},
                     {.layer = "another", .standard = "some", .kernel = "some"}}};
}

TEST(TuningFile, KeysTellWhatKernelsAreChosenBy) {
  const graph::Graph graph = testing::MustParse(kTwoLayers);
  EXPECT_EQ(LayerKey(graph, graph.nodes[0]), kFirstKey);
  EXPECT_EQ(LayerKey(graph, graph.nodes[1]),
            "conv2d activation=relu6: float32[1, 4, 4, 16], float32[8, 1, 1, 16] -> "
            "float32[1, 4, 4, 8]");
}

TEST(TuningFile, IsReadBack) {
  const auto read = TuningFromJson(ToJson(SomeFile()));
  ASSERT_TRUE(read) << read.error().ToString();
  EXPECT_EQ(read->made_for, kHere);
  EXPECT_EQ(read->model, "m.tflite");
  EXPECT_FALSE(read->bands);
  ASSERT_EQ(read->layers.size(), 2U);
  EXPECT_EQ(read->layers[0].layer, kFirstKey);
  EXPECT_EQ(read->layers[0].standard, "some");
  EXPECT_EQ(read->layers[0].kernel, SomeKernel());
}

// What people see.
TEST(TuningFile, TellsTheTimes) {
  const auto object = nlohmann::json::parse(ToJson(SomeFile()));
  EXPECT_EQ(object["default_ms"], 1.235);
  EXPECT_EQ(object["processor"], "Z80");
  EXPECT_EQ(object["layers"][0]["us"][SomeKernel()], 7.25);
  EXPECT_EQ(object["layers"][0]["steps"], 2);
}

class OpenedTuning : public ::testing::Test {
 protected:
  Result<std::shared_ptr<const runtime::Tuning>> Open(const std::string& text) {
    notes_.clear();
    return OpenTuning(folder_.Write("tuning.json", text), kHere, notes_);
  }

  testing::TemporaryFolder folder_;
  std::vector<std::string> notes_;
};

TEST_F(OpenedTuning, NamesTheKernelsThatAreNotTheRule) {
  const auto tuning = Open(ToJson(SomeFile()));
  ASSERT_TRUE(tuning) << tuning.error().ToString();
  EXPECT_TRUE(notes_.empty());
  const graph::Graph graph = testing::MustParse(kTwoLayers);
  EXPECT_EQ((*tuning)->kernel_of(graph, graph.nodes[0]), SomeKernel());
  EXPECT_EQ((*tuning)->kernel_of(graph, graph.nodes[1]), "");
  EXPECT_FALSE((*tuning)->bands);
}

TEST_F(OpenedTuning, OfSomethingElseIsLeftAlone) {
  TuningFile file = SomeFile();
  file.made_for.processor = "6502";
  file.made_for.threads = 2;
  const auto tuning = Open(ToJson(file));
  ASSERT_TRUE(tuning) << tuning.error().ToString();
  EXPECT_EQ(*tuning, nullptr);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_EQ(notes_[0], folder_.File("tuning.json") +
                           " was made for 6502 (avx2), 2 threads, xnnpack, f32; this is Z80 "
                           "(avx2), 1 thread, xnnpack, f32, so kernels are chosen by rule: "
                           "benchmark --tune measures them");
}

TEST_F(OpenedTuning, KernelsThatAreGoneAreNoted) {
  TuningFile file = SomeFile();
  file.layers[0].kernel = "conv_f32_9x9_cray";
  const auto tuning = Open(ToJson(file));
  ASSERT_TRUE(tuning) << tuning.error().ToString();
  ASSERT_NE(*tuning, nullptr);
  ASSERT_EQ(notes_.size(), 1U);
  EXPECT_NE(notes_[0].find("names the kernel conv_f32_9x9_cray, which this version does not have"),
            std::string::npos)
      << notes_[0];
}

TEST_F(OpenedTuning, DamagedIsAnErrorWithARemedy) {
  EXPECT_FALSE(OpenTuning(folder_.File("none.json"), kHere, notes_));
  const std::string good = ToJson(SomeFile());
  for (size_t size = 0; size + 2 < good.size(); ++size) {
    const auto cut = Open(good.substr(0, size));
    ASSERT_FALSE(cut) << size;
    EXPECT_NE(cut.error().ToString().find("goldcrest benchmark MODEL --tune"), std::string::npos);
  }
  for (const char* text :
       {"[]", "7", "null", "{}", "{\"goldcrest_tuning\": {}}", "{\"goldcrest_tuning\": -1}",
        "{\"goldcrest_tuning\": 2}", "{\"goldcrest_tuning\": 1, \"layers\": 3}", "\xff\xfe"}) {
    EXPECT_FALSE(Open(text)) << text;
  }
  const auto object = nlohmann::ordered_json::parse(good);
  for (const auto& [name, value] : object.items()) {
    if (name.ends_with("_ms")) continue;  // for people only
    auto without = object;
    without.erase(name);
    EXPECT_FALSE(Open(without.dump())) << name;
    auto other = object;
    other[name] = nlohmann::json::array({nullptr});
    EXPECT_FALSE(Open(other.dump())) << name;
  }
  auto other = object;
  other["layers"][1]["kernel"] = 5;
  const auto opened = Open(other.dump());
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().ToString().find("layer 1 › 'kernel' is not there, or not a text"),
            std::string::npos)
      << opened.error().ToString();
  EXPECT_FALSE(Open(std::string(size_t{17} << 20, ' ')));
  EXPECT_FALSE(Open(std::string(size_t{1} << 20, '[')));
}

// Every byte of a file is a stranger's.
TEST_F(OpenedTuning, AnyByteChangedIsReadOrRefused) {
  const std::string good = ToJson(SomeFile());
  const graph::Graph graph = testing::MustParse(kTwoLayers);
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char byte : {'\0', '"', '9', '\x80'}) {
      std::string changed = good;
      changed[i] = byte;
      const auto tuning = Open(changed);
      if (tuning && *tuning != nullptr) (*tuning)->kernel_of(graph, graph.nodes[0]);
    }
  }
}

TEST(KernelTables, AreFoundByEachOfTheirRows) {
  const auto rows = kernels::conv::Rows();
  for (const auto& row : rows) {
    const std::vector<KernelRow> table = KernelTableWith(row.name);
    ASSERT_EQ(table.size(), rows.size());
    EXPECT_TRUE(std::ranges::equal(table, rows, {}, &KernelRow::name, &kernels::conv::Row::name));
  }
  EXPECT_TRUE(KernelTableWith("conv_f32_9x9_cray").empty());
  EXPECT_TRUE(KernelTableWith("").empty());
}

}  // namespace
}  // namespace goldcrest::pipeline
