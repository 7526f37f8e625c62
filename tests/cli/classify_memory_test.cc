// What a large picture costs the program.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "formats/tflite/tflite.h"
#include "support/picture_files.h"
#include "support/run_graph.h"
#include "support/temporary.h"

#if !GOLDCREST_SANITIZED  // whose memory would be measured

namespace goldcrest::cli {
namespace {

using testing::Ran;
using testing::RunProgramWatched;

// A model whose three classes are the mean colours of its input.
std::string MeanColorModel() {
  graph::Graph graph = testing::MustParse(R"(
    input %0 "x": float32[-1, 224, 224, 3]
    %1 "mean": float32[-1, 3] = mean(%0) axes=[1, 2]
    output %1)");
  tensor::InputContract contract;
  contract.width = contract.height = 224;
  contract.normalization.kind = tensor::NormalizationKind::kUnit;
  graph.metadata.input_contract = contract;
  auto bytes = formats::tflite::Write(graph);
  return std::string(base::AsText(*bytes));
}

// The JPEG with an EXIF orientation: 6, the upright picture's rows are the stored columns.
std::string OnItsSide(const std::string& jpeg) {
  const std::string exif("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
                         32);
  return jpeg.substr(0, 2) + std::string("\xff\xe1\0\x22", 4) + exif + jpeg.substr(2);
}

// 100 megapixels, 300 MB as a whole, against a picture of a thousand pixels.
TEST(ClassifyMemory, AHundredMegapixelsTakeLessThan64MiB) {
  testing::TemporaryFolder folder;
  const std::string model = folder.Write("m.tflite", MeanColorModel());
  constexpr int kSide = 10000;
  const std::string jpeg = testing::MakeJpeg(kSide, kSide, false, [](int y, auto row) {
    for (size_t i = 0; i < row.size(); ++i) row[i] = static_cast<uint8_t>(i / 240 + size_t(y) / 80);
  });
  const std::string large = folder.Write("large.jpg", jpeg);
  const std::string turned = folder.Write("turned.jpg", OnItsSide(jpeg));
  const std::string small = folder.Write("small.jpg", testing::MakeJpeg(30, 30, false));
  int64_t small_peak = 0;
  Ran ran = RunProgramWatched({"classify", model, small}, small_peak);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  ASSERT_GT(small_peak, 0);
  for (std::string mode : {"tf2-bilinear", "tf2-antialias", "pil-lanczos"}) {
    for (const std::string& picture : {large, turned}) {
      int64_t peak = 0;
      ran = RunProgramWatched({"classify", model, picture, "--resize", mode, "--json"}, peak);
      ASSERT_EQ(ran.exit_code, 0) << ran.err;
      // The mean of the gradient.
      EXPECT_NEAR(nlohmann::json::parse(ran.out)["top"][0]["score"], 0.49, 0.01);
      EXPECT_LT(peak - small_peak, 64 << 20) << mode << " " << picture;
      RecordProperty(mode + "_" + std::filesystem::path(picture).stem().string() + "_kib",
                     static_cast<int>((peak - small_peak) >> 10));
    }
  }
}

}  // namespace
}  // namespace goldcrest::cli

#endif
