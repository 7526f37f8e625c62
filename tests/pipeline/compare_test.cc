#include "pipeline/compare.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "formats/tflite/tflite.h"
#include "graph/cost.h"
#include "pipeline/model_file.h"
#include "support/run_graph.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::pipeline {
namespace {

using testing::SharedFile;

constexpr char kBase[] = R"(
  input %0 "x": float32[-1, 8, 8, 3]
  const %1 "w": float32[16, 3, 3, 3] = random(1)
  %2 "conv": float32[-1, 8, 8, 16] = conv2d(%0, %1) padding=same activation=relu
  %3 "mean": float32[-1, 16] = mean(%2) axes=[1, 2]
)";
constexpr char kPlainHead[] = R"(
  const %4 "lw": float32[2, 16] = random(2)
  %5 "logits": float32[-1, 2] = fully_connected(%3, %4)
  %6 "y": float32[-1, 2] = softmax(%5)
  output %6)";
constexpr char kDenseHead[] = R"(
  const %4 "dw": float32[64, 16] = random(2)
  %5 "dense": float32[-1, 64] = fully_connected(%3, %4) activation=relu
  const %6 "lw": float32[2, 64] = random(3)
  %7 "logits": float32[-1, 2] = fully_connected(%5, %6)
  %8 "y": float32[-1, 2] = softmax(%7)
  output %8)";

std::string WriteModel(const testing::TemporaryFolder& folder, const std::string& name,
                       const std::string& text) {
  auto bytes = formats::tflite::Write(testing::MustParse(text));
  return folder.Write(name, base::AsText(*bytes));
}

CompareOptions Quick(const std::string& before, const std::string& after) {
  CompareOptions options{.before = before, .after = after, .evaluate = {}};
  options.benchmark.runs = 8;
  options.benchmark.rounds = 8;
  options.benchmark.starts = 1;
  options.benchmark.least_seconds = 0;
  options.benchmark.warmup_seconds = 0;
  return options;
}

CompareReport MustCompare(const std::string& before, const std::string& after) {
  auto report = Compare(Quick(before, after), {[](double share, const std::string&) {
                          EXPECT_GE(share, 0);
                          EXPECT_LE(share, 1);
                        }});
  EXPECT_TRUE(report) << report.error().ToString();
  return report ? std::move(*report) : CompareReport();
}

// What layers cost more sums up to what the models do.
void ExpectSums(const CompareReport& report) {
  int64_t parameters = 0;
  int64_t weight_bytes = 0;
  int64_t multiply_adds = 0;
  size_t before = 0;
  size_t after = 0;
  for (const LayerDifference& layer : report.layers) {
    parameters += layer.parameters;
    weight_bytes += layer.weight_bytes;
    multiply_adds += layer.multiply_adds;
    before += layer.before ? 1 : 0;
    after += layer.after ? 1 : 0;
  }
  EXPECT_EQ(parameters, report.after.parameters - report.before.parameters);
  EXPECT_EQ(weight_bytes, static_cast<int64_t>(report.after.weight_bytes) -
                              static_cast<int64_t>(report.before.weight_bytes));
  EXPECT_EQ(multiply_adds, report.after.multiply_adds - report.before.multiply_adds);
  EXPECT_EQ(before, report.before.layers.size());
  EXPECT_EQ(after, report.after.layers.size());
}

TEST(Compare, ADenseHeadIsWhatWasAdded) {
  testing::TemporaryFolder folder;
  const std::string plain = WriteModel(folder, "plain.tflite", base::Cat(kBase, kPlainHead));
  const std::string dense = WriteModel(folder, "dense.tflite", base::Cat(kBase, kDenseHead));
  const CompareReport report = MustCompare(plain, dense);
  ExpectSums(report);
  EXPECT_EQ(report.before.model, plain);
  EXPECT_EQ(report.before.format, "TensorFlow Lite");
  EXPECT_EQ(report.before.inputs, "float32[1, 8, 8, 3]");
  // Files have biases.
  EXPECT_EQ(report.before.parameters, 16 * 28 + 2 * 17);
  EXPECT_EQ(report.after.parameters, 16 * 28 + 64 * 17 + 2 * 65);
  EXPECT_EQ(report.after.weight_bytes, 4U * static_cast<uint64_t>(report.after.parameters));
  EXPECT_EQ(report.after.multiply_adds - report.before.multiply_adds, 16 * 64 + 128 - 32);
  EXPECT_EQ(report.after.operators.at("fully_connected"), 2);
  EXPECT_EQ(report.before.operator_count(), 4);
  EXPECT_EQ(report.speed.rounds, 8U);
  const auto added = std::ranges::find_if(report.layers, [](auto& one) { return !one.before; });
  ASSERT_NE(added, report.layers.end());
  const Layer& layer = report.after.layers[*added->after];
  EXPECT_EQ(layer.name, "dense");
  EXPECT_EQ(layer.weights, "16 → 64");
  EXPECT_EQ(added->weight_bytes, 4 * 17 * 64);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_TRUE(report.findings[0].text.starts_with("dense (fully_connected, 16 → 64; new) adds "))
      << report.findings[0].text;
}

TEST(Compare, AModelIsLikeItself) {
  testing::TemporaryFolder folder;
  const std::string model = WriteModel(folder, "m.tflite", base::Cat(kBase, kPlainHead));
  const CompareReport report = MustCompare(model, model);
  ExpectSums(report);
  for (const LayerDifference& layer : report.layers) EXPECT_EQ(layer.before, layer.after);
  EXPECT_TRUE(report.notes.empty());
  EXPECT_TRUE(report.evaluations.empty());
}

TEST(Compare, OtherInputsAreToldAndCompared) {
  testing::TemporaryFolder folder;
  const std::string small = WriteModel(folder, "s.tflite", base::Cat(kBase, kPlainHead));
  std::string text = base::Cat(kBase, kPlainHead);
  for (size_t at = text.find("8, 8"); at != std::string::npos; at = text.find("8, 8")) {
    text.replace(at, 4, "16, 16");
  }
  const std::string large = WriteModel(folder, "l.tflite", text);
  const CompareReport report = MustCompare(small, large);
  ExpectSums(report);
  ASSERT_EQ(report.notes.size(), 1U);
  EXPECT_EQ(report.notes[0],
            "the inputs differ: before takes float32[1, 8, 8, 3], after float32[1, 16, 16, 3]");
  for (const LayerDifference& layer : report.layers) {
    ASSERT_TRUE(layer.before && layer.after);
    EXPECT_EQ(report.before.layers[*layer.before].name, report.after.layers[*layer.after].name);
  }
}

TEST(Compare, BadFilesAreNamed) {
  testing::TemporaryFolder folder;
  const std::string good = WriteModel(folder, "m.tflite", base::Cat(kBase, kPlainHead));
  const std::string bad = folder.Write("bad.tflite", "no model");
  const CompareEvents silent{[](double, const std::string&) {}};
  for (const std::string& wrong : {bad, folder.File("none.tflite")}) {
    for (const bool first : {true, false}) {
      auto report = Compare(Quick(first ? wrong : good, first ? good : wrong), silent);
      ASSERT_FALSE(report);
      EXPECT_TRUE(report.error().ToString().starts_with("reading " + wrong))
          << report.error().ToString();
    }
  }
}

// The weights that a file holds, whatever is made of them to run: what the float model has in
// float32, others have in 2 bytes or 1 each, and biases and scales beside.
TEST(Compare, WeightsCountAsTheFileHasThem) {
  REQUIRE_SHARED();
  const std::string stem = SharedFile("models/keras_mobilenet_v1_025_224.");
  struct Row {
    const char* file;
    double bytes_a_weight;
  };
  for (const Row& row : {Row{"float.tf.tflite", 4}, Row{"float16.tf.tflite", 2},
                         Row{"dynamic.tf.tflite", 1}, Row{"int8.tf.tflite", 1}}) {
    const CompareReport report = MustCompare(stem + "h5", stem + row.file);
    ExpectSums(report);
    EXPECT_EQ(report.before.format, "Keras .h5");
    EXPECT_EQ(report.before.weight_bytes, 4U * static_cast<uint64_t>(report.before.parameters));
    EXPECT_EQ(report.before.multiply_adds, report.after.multiply_adds) << row.file;
    // Our conversion and TensorFlow's fold the same.
    EXPECT_EQ(report.before.parameters, report.after.parameters) << row.file;
    const auto weights = static_cast<double>(report.after.weight_bytes);
    const double expected = row.bytes_a_weight * static_cast<double>(report.after.parameters);
    EXPECT_GE(weights, expected) << row.file;
    EXPECT_LE(weights, expected * 1.05) << row.file;
    EXPECT_LE(report.after.weight_bytes, report.after.file_bytes) << row.file;
    for (const LayerDifference& layer : report.layers) {
      const bool has_weights = layer.before && report.before.layers[*layer.before].parameters > 0;
      if (!has_weights) continue;
      ASSERT_TRUE(layer.after) << row.file << " " << report.before.layers[*layer.before].name;
      EXPECT_EQ(layer.parameters, 0) << report.before.layers[*layer.before].name;
    }
  }
}

}  // namespace
}  // namespace goldcrest::pipeline
