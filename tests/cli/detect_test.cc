// detect and segment, on models whose answers are the colours of the picture's quarters.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/program.h"
#include "decode/decode.h"
#include "formats/tflite/tflite.h"
#include "pipeline/drawn_signs.h"
#include "support/run_graph.h"
#include "support/temporary.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::RunProgram;

// A box for each quarter; its colours are its classes' scores.
constexpr char kDetector[] = R"(
  input %0 "x": float32[1, 2, 2, 3]
  const %1 "boxes": float32[1, 4, 4] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
  const %2 "anchors": float32[4, 4] = {0.25, 0.25, 0.5, 0.5, 0.25, 0.75, 0.5, 0.5, 0.75, 0.25, 0.5, 0.5, 0.75, 0.75, 0.5, 0.5}
  %3 "scores": float32[1, 4, 3] = reshape(%0) shape=[1, 4, 3]
  %4 "all": float32[25] = detection_post_process(%1, %3, %2) max_detections=4 num_classes=3
  %5 "boxes/part": float32[16] = strided_slice(%4) begin=[0] size=[16] stride=[1]
  %6 "detected/boxes": float32[1, 4, 4] = reshape(%5) shape=[1, 4, 4]
  %7 "classes/part": float32[4] = strided_slice(%4) begin=[16] size=[4] stride=[1]
  %8 "detected/classes": float32[1, 4] = reshape(%7) shape=[1, 4]
  %9 "scores/part": float32[4] = strided_slice(%4) begin=[20] size=[4] stride=[1]
  %10 "detected/scores": float32[1, 4] = reshape(%9) shape=[1, 4]
  %11 "detected/count": float32[1] = strided_slice(%4) begin=[24] size=[1] stride=[1]
  output %10
  output %6
  output %11
  output %8
)";

constexpr char kSegmenter[] = R"(
  input %0 "x": float32[1, 2, 2, 3]
  %1 "y": float32[1, 2, 2, 3] = softmax(%0)
  output %1
)";

class Pictures : public ::testing::Test {
 protected:
  Pictures() {
    image::Picture picture{400, 200, {}};
    for (int64_t y = 0; y < 200; ++y) {
      for (int64_t x = 0; x < 400; ++x) {
        // Red above left, green above right, a little blue below left, black below right.
        const bool left = x < 200, above = y < 100;
        for (const int value :
             {above && left ? 255 : 0, above && !left ? 204 : 0, !above && left ? 102 : 0}) {
          picture.rgb.push_back(static_cast<uint8_t>(value));
        }
      }
    }
    picture_ = folder_.File("quarters.png");
    EXPECT_TRUE(pipeline::WritePng(picture_, picture));
  }

  std::string Model(const std::string& text, const std::string& crop = "none") const {
    graph::Graph graph = testing::MustParse(text);
    tensor::InputContract contract;
    contract.width = contract.height = 2;
    contract.resize = tensor::ResizeMode::kPilNearest;
    contract.normalization.kind = tensor::NormalizationKind::kUnit;
    EXPECT_TRUE(tensor::ParseCrop(crop, contract));
    graph.metadata.input_contract = contract;
    graph.metadata.labels = {"red", "green", "blue"};
    auto bytes = formats::tflite::Write(graph);
    EXPECT_TRUE(bytes);
    return folder_.Write("m.tflite", base::AsText(*bytes));
  }

  image::Picture Read(const std::string& path) const {
    auto file = base::MappedFile::Open(path);
    image::Picture picture;
    EXPECT_TRUE(decode::Decode((*file)->bytes(), {}, picture));
    return picture;
  }

  static std::vector<int> ColorAt(const image::Picture& picture, int64_t x, int64_t y) {
    const uint8_t* pixel = &picture.rgb[static_cast<size_t>((y * picture.width + x) * 3)];
    return {pixel[0], pixel[1], pixel[2]};
  }

  testing::TemporaryFolder folder_;
  std::string picture_;
};

TEST_F(Pictures, ThingsAreFoundWhereTheyAre) {
  const std::string drawn = folder_.File("boxes.png");
  const Ran ran = RunProgram(
      {"detect", Model(kDetector), picture_, "--threshold", "0.3", "-o", drawn, "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json report = json::parse(ran.out);
  auto found = [&](size_t i) { return report["detections"][i]; };
  ASSERT_EQ(report["detections"].size(), 3U) << ran.out;
  EXPECT_EQ(found(0)["label"], "red");
  EXPECT_EQ(found(0)["box_px"],
            json({{"left", 0.0}, {"top", 0.0}, {"right", 200.0}, {"bottom", 100.0}}));
  EXPECT_EQ(found(1)["label"], "green");
  EXPECT_NEAR(found(1)["score"].get<double>(), 0.8, 1e-6);
  EXPECT_EQ(found(1)["box_px"],
            json({{"left", 200.0}, {"top", 0.0}, {"right", 400.0}, {"bottom", 100.0}}));
  EXPECT_EQ(found(2)["label"], "blue");
  EXPECT_EQ(report["output"], drawn);
  const image::Picture picture = Read(drawn);
  EXPECT_EQ(picture.width, 400);
  // The frame of the blue one, in the colour of its class, and the ground beside.
  EXPECT_EQ(ColorAt(picture, 100, 199), (std::vector<int>{0, 128, 0}));
  EXPECT_EQ(ColorAt(picture, 300, 150), (std::vector<int>{0, 0, 0}));
}

TEST_F(Pictures, BoxesAreThoseOfThePictureWhateverIsCropped) {
  const Ran ran = RunProgram({"detect", Model(kDetector, "1"), picture_, "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["detections"][0]["box_px"],
            json({{"left", 100.0}, {"top", 0.0}, {"right", 200.0}, {"bottom", 100.0}}));
}

TEST_F(Pictures, PixelsAreColouredByTheirClass) {
  const std::string drawn = folder_.File("colours.png");
  const Ran ran =
      RunProgram({"segment", Model(kSegmenter), picture_, "--opacity", "1", "-o", drawn, "--json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["classes"], json({{{"index", 0}, {"label", "red"}, {"share", 0.5}},
                                     {{"index", 1}, {"label", "green"}, {"share", 0.25}},
                                     {{"index", 2}, {"label", "blue"}, {"share", 0.25}}}));
  const image::Picture picture = Read(drawn);
  EXPECT_EQ(ColorAt(picture, 0, 0), (std::vector<int>{0, 0, 0}));
  EXPECT_EQ(ColorAt(picture, 399, 0), (std::vector<int>{128, 0, 0}));
  EXPECT_EQ(ColorAt(picture, 0, 199), (std::vector<int>{0, 128, 0}));
  EXPECT_EQ(ColorAt(picture, 199, 99), (std::vector<int>{0, 0, 0}));
}

TEST_F(Pictures, WhatIsOfAnotherKindIsRefusedWithTheRemedy) {
  Ran ran = RunProgram({"detect", Model(kSegmenter), picture_});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("the model detects nothing: it has no operator "
                         "TFLite_Detection_PostProcess"),
            std::string::npos)
      << ran.err;
  ran = RunProgram({"segment", Model(kDetector), picture_});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("the model gives no class for each pixel"), std::string::npos) << ran.err;
  ran = RunProgram({"detect", Model(kDetector), picture_, picture_, "-o", folder_.File("b.png")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.err.find("name a folder with -o"), std::string::npos) << ran.err;
  ran = RunProgram({"detect", Model(kDetector), folder_.Write("bad.png", "no picture"), picture_,
                    "-o", folder_.File("drawn")});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.err.find("1 of 2 pictures could not be read"), std::string::npos) << ran.err;
  EXPECT_EQ(Read(folder_.File("drawn/quarters.png")).height, 200);
}

}  // namespace
}  // namespace goldcrest::cli
