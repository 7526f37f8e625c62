// evaluate as a user calls it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "cli/program.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::ReadAll;
using testing::RunProgram;
using testing::SharedFile;
using testing::TemporaryFolder;

const std::string kFloat = SharedFile("models/keras_mobilenet_v1_025_224.h5");
const std::string kFloat16 = SharedFile("models/keras_mobilenet_v1_025_224.float16.tf.tflite");
const std::string kModelLabels = SharedFile("models/imagenet_labels.txt");
constexpr int kPictures = GOLDCREST_SANITIZED ? 40 : 500;

// A row of golden/top5.*.tsv: the picture, its label and the five best classes.
struct GoldenRow {
  std::string picture;
  int label;
  std::vector<int> best;
};

std::vector<GoldenRow> GoldenRows(const std::string& model) {
  std::istringstream file(ReadAll(SharedFile("golden/top5." + model + ".tsv")));
  std::string line;
  std::getline(file, line);
  std::vector<GoldenRow> rows;
  while (std::getline(file, line) && std::ssize(rows) < kPictures) {
    std::istringstream fields(line);
    GoldenRow row;
    fields >> row.picture >> row.label;
    for (int i = 0; i < 5; ++i) {
      int index = 0;
      double score = 0;
      fields >> index >> score;
      row.best.push_back(index);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

struct GoldenFigures {
  double top1 = 0, top5 = 0, agreement = 0;  // per cent
  int lost = 0, won = 0;
};

GoldenFigures FiguresOf(const std::vector<GoldenRow>& rows, const std::vector<GoldenRow>& first) {
  GoldenFigures figures;
  const double one = 100.0 / static_cast<double>(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool right = rows[i].best[0] == rows[i].label;
    const bool first_right = first[i].best[0] == first[i].label;
    figures.top1 += right ? one : 0;
    figures.top5 += std::ranges::count(rows[i].best, rows[i].label) > 0 ? one : 0;
    figures.agreement += rows[i].best[0] == first[i].best[0] ? one : 0;
    figures.lost += first_right && !right ? 1 : 0;
    figures.won += right && !first_right ? 1 : 0;
  }
  return figures;
}

// The pictures as a list of paths and labels.
std::string WriteList(const TemporaryFolder& folder) {
  std::string list = "path\tlabel\n";
  for (const GoldenRow& row : GoldenRows("keras_mobilenet_v1_025_224.keras")) {
    list += SharedFile("images/imagenet/" + row.picture) + "\t" + std::to_string(row.label) + "\n";
  }
  return folder.Write("pictures.tsv", list);
}

std::vector<json> JsonLines(const std::string& text) {
  std::istringstream lines(text);
  std::vector<json> all;
  for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
  return all;
}

// All but the measured times.
std::vector<json> WithoutTimes(std::vector<json> lines) {
  for (json& line : lines) {
    line.erase("run_ms");
    line.erase("preprocess_ms");
  }
  return lines;
}

// The goldens are Keras' and LiteRT's own best five classes of the same pictures; all 500 give
// golden/summary.tsv's 56.6, 79.8, 57.0, 79.4 and 98.4.
TEST(Evaluate, FiguresOfKerasAndLiteRt) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  const auto keras = GoldenRows("keras_mobilenet_v1_025_224.keras");
  const auto float16 = GoldenRows("keras_mobilenet_v1_025_224.float16.tf");
  Ran ran = RunProgram({"evaluate", kFloat, kFloat16, "--data", WriteList(folder), "--labels",
                        kModelLabels, "--json", "--html", folder.File("page.html")});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  std::vector<json> lines = JsonLines(ran.out);
  ASSERT_EQ(lines.size(), 2U);
  const GoldenFigures first = FiguresOf(keras, keras);
  const GoldenFigures second = FiguresOf(float16, keras);
  EXPECT_EQ(lines[0]["model"], kFloat);
  EXPECT_EQ(lines[0]["pictures"], kPictures);
  EXPECT_EQ(lines[0]["skipped"], 0);
  EXPECT_NEAR(lines[0]["top1"], first.top1, 1e-9);
  EXPECT_NEAR(lines[0]["top5"], first.top5, 1e-9);
  EXPECT_FALSE(lines[0].contains("agreement"));
  EXPECT_NEAR(lines[1]["top1"], second.top1, 1e-9);
  EXPECT_NEAR(lines[1]["top5"], second.top5, 1e-9);
  EXPECT_NEAR(lines[1]["agreement"], second.agreement, 1e-9);
  EXPECT_EQ(lines[1]["only_first_right"], second.lost);
  EXPECT_EQ(lines[1]["only_this_right"], second.won);
  EXPECT_GT(lines[1]["kl"], 0);
  EXPECT_LT(lines[1]["kl"], 0.01);
  EXPECT_GT(lines[1]["sqnr_db"], 20);
  EXPECT_GT(lines[1]["p_value"], 0.05);
  EXPECT_LT(lines[0]["top1_low"], lines[0]["top1"]);
  ASSERT_EQ(lines[1]["answers"].size(), float16.size());
  for (size_t i = 0; i < float16.size(); ++i) {
    EXPECT_EQ(lines[1]["answers"][i], float16[i].best[0]) << float16[i].picture;
  }

  const std::string page = ReadAll(folder.File("page.html"));
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_NE(page.find("<svg"), std::string::npos);
  EXPECT_NE(page.find("src=\"data:image/bmp;base64,"), std::string::npos);
  EXPECT_EQ(page.find("http"), std::string::npos);  // nothing comes from elsewhere
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(Evaluate, ResultsDoNotDependOnThreads) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  std::vector<std::string> arguments = {"evaluate",        kFloat,    kFloat16, "--data",
                                        WriteList(folder), "--limit", "30",     "--json"};
  const auto one = WithoutTimes(JsonLines(RunProgram(arguments).out));
  arguments.insert(arguments.end(), {"--threads", "3"});
  ASSERT_EQ(one.size(), 2U);
  EXPECT_EQ(one, WithoutTimes(JsonLines(RunProgram(arguments).out)));
}

// golden/summary.tsv: 0.545 and 0.945 of the 200 pictures, each pixel repeated 3 x 3; the residual
// network 0.720 and 0.985.
TEST(Evaluate, Cifar10) {
  REQUIRE_SHARED();
  const std::string data = SharedFile("images/cifar10/test_batch.bin");
  Ran ran = RunProgram({"evaluate", SharedFile("models/keras_mobilenet_v3_small_050_96.keras"),
                        "--data", data, "--crop", "none", "--resize", "pil-nearest", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  json line = json::parse(ran.out);
  EXPECT_EQ(line["pictures"], 200);
  EXPECT_NEAR(line["top1"], 54.5, 1e-9);
  EXPECT_NEAR(line["top5"], 94.5, 1e-9);
  ran = RunProgram({"evaluate", SharedFile("models/pretrainedResnet.h5"), "--data", data,
                    "--normalize", "none", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  line = json::parse(ran.out);
  EXPECT_NEAR(line["top1"], 72.0, 1e-9);
  EXPECT_NEAR(line["top5"], 98.5, 1e-9);
  EXPECT_NE(ran.err.find("taken whole"), std::string::npos) << ran.err;
}

// Folders are matched by name, index and synset; a bad picture is left out and listed.
TEST(Evaluate, ClassFolders) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> pictures = {
      {"Tench", "000_n01440764.jpg"},
      {"2", "002_n01484850.jpg"},
      {"n01494475", "004_n01494475.jpg"},
      {"006_n01498041", "006_n01498041.jpg"}};
  for (const auto& [name, file] : pictures) {
    std::filesystem::create_directory(folder.File(name));
    std::filesystem::copy(SharedFile("images/imagenet/" + file), folder.File(name + "/" + file));
  }
  folder.Write("2/broken.jpg", "text");
  Ran ran = RunProgram(
      {"evaluate", kFloat, "--data", folder.File(""), "--labels", kModelLabels, "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  json line = json::parse(ran.out);
  EXPECT_EQ(line["pictures"], 4);
  EXPECT_EQ(line["skipped"], 1);
  // What Keras has right of the same four.
  int right = 0;
  const auto rows = GoldenRows("keras_mobilenet_v1_025_224.keras");
  for (size_t i = 0; i < 4; ++i) right += rows[i].best[0] == rows[i].label ? 1 : 0;
  EXPECT_NEAR(line["top1"], right * 25.0, 1e-9);
  EXPECT_NE(ran.err.find("1 of 5 samples were left out"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("broken.jpg › its content is no picture"), std::string::npos) << ran.err;

  ran = RunProgram({"evaluate", kFloat, "--data", folder.File(""), "--labels", kModelLabels});
  EXPECT_TRUE(ran.out.starts_with("data  5 pictures in 4 class folders; 1 left out\n")) << ran.out;
  for (const char* part : {"top-1 % (95 % interval)", "classes that it gets wrong most",
                           "worst pictures", "great white shark"}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << "\n" << ran.out;
  }
  EXPECT_EQ(ran.out.find("agreement"), std::string::npos);

  std::filesystem::rename(folder.File("Tench"), folder.File("tensh"));
  ran = RunProgram({"evaluate", kFloat, "--data", folder.File(""), "--labels", kModelLabels});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("1 of the 4 classes of the data is no class of the model: 'tensh' "
                         "(nearest: 'tench')"),
            std::string::npos)
      << ran.err;
  ran = RunProgram(
      {"evaluate", kFloat, kFloat, "--data", folder.File(""), "--ignore-labels", "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  line = JsonLines(ran.out)[1];
  EXPECT_FALSE(line.contains("top1"));
  EXPECT_EQ(line["agreement"], 100);
  EXPECT_EQ(line["kl"], 0);
  EXPECT_FALSE(line.contains("sqnr_db"));
}

TEST(Evaluate, WhatCannotBeCompared) {
  REQUIRE_SHARED();
  TemporaryFolder folder;
  std::filesystem::copy(SharedFile("images/imagenet/000_n01440764.jpg"), folder.File("a.jpg"));
  auto error = [](const std::vector<std::string>& arguments) {
    Ran ran = RunProgram(arguments);
    EXPECT_NE(ran.exit_code, 0);
    EXPECT_EQ(ran.out, "");
    return ran.err;
  };
  EXPECT_NE(error({"evaluate", kFloat, SharedFile("models/vww_96.h5"), "--normalize", "unit",
                   "--data", folder.File("")})
                .find("1000 classes and another model 2; they cannot be compared"),
            std::string::npos);
  EXPECT_NE(error({"evaluate", kFloat}).find("--data is missing"), std::string::npos);
  TemporaryFolder empty;
  EXPECT_NE(error({"evaluate", kFloat, "--data", empty.File("")}).find("hold no pictures"),
            std::string::npos);
  empty.Write("a.png", "");
  EXPECT_NE(error({"evaluate", kFloat, "--data", empty.File("")})
                .find("none of the 1 samples can be used; the first: reading "),
            std::string::npos);
}

}  // namespace
}  // namespace goldcrest::cli
