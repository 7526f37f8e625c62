// quantize and its calibration data: what cannot be read, and what should not be calibrated on.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numbers>

#include "base/file.h"
#include "cli/program.h"
#include "formats/tflite/tflite.h"
#include "support/picture_files.h"
#include "support/random.h"
#include "support/run_graph.h"
#include "support/temporary.h"
#include "tensor/npy.h"

namespace goldcrest::cli {
namespace {

using nlohmann::json;
using testing::Ran;
using testing::RunProgram;
using testing::TemporaryFolder;

constexpr int kSide = 24;

// Smooth like a photograph, from 0 to 1; its strongest colour is that of index % 3.
float PhotoLevel(int64_t index, int64_t x, int64_t y, int64_t channel) {
  const double phase = static_cast<double>(x + 2 * y) / kSide + static_cast<double>(index);
  const double level = 0.5 + 0.5 * std::sin(phase * std::numbers::pi);
  return static_cast<float>(channel == index % 3 ? 0.5 + level / 2 : level / 2);
}

std::string PhotoFile(int64_t index) {
  return testing::MakeJpeg(kSide, kSide, false, [=](int y, std::span<uint8_t> row) {
    for (size_t i = 0; i < row.size(); ++i) {
      const auto at = static_cast<int64_t>(i);
      row[i] = static_cast<uint8_t>(255 * PhotoLevel(index, at / 3, y, at % 3));
    }
  });
}

// A classifier that says which colour is the strongest; it takes pictures from -1 to 1.
class QuantizeCalibration : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = formats::tflite::Write(testing::MustParse(R"(graph "colour"
  input %0 "x": float32[1, 24, 24, 3]
  const %1 "w": float32[3, 1, 1, 3] = {4, 0, 0, 0, 4, 0, 0, 0, 4}
  %2 "conv": float32[1, 24, 24, 3] = conv2d(%0, %1)
  %3 "mean": float32[1, 3] = mean(%2) axes=[1, 2]
  %4 "scores": float32[1, 3] = softmax(%3)
  output %4
)"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(base::WriteFile(model_, *file));
  }

  // A folder of its own with photographs, named after their indices.
  std::string Photos(const std::string& name, int64_t count, int64_t step = 1) const {
    std::filesystem::create_directories(folder_.File(name));
    for (int64_t i = 0; i < count; ++i) {
      folder_.Write(base::Cat(name, "/photo_", i, ".jpg"), PhotoFile(i * step));
    }
    return folder_.File(name);
  }

  // Samples as tensors, as tutorials hand them over: photographs, or random numbers.
  std::string Tensors(bool photos, float low, float high) const {
    constexpr int64_t kCount = 40;
    testing::Random random(1);
    std::vector<float> elements;
    for (int64_t i = 0; i < kCount * kSide * kSide * 3; ++i) {
      const int64_t pixel = i / 3;
      const float level =
          photos ? PhotoLevel(pixel / (kSide * kSide), pixel % kSide, pixel / kSide % kSide, i % 3)
                 : (random.Float() + 1) / 2;
      elements.push_back(low + (high - low) * level);
    }
    const tensor::Shape shape = {kCount, kSide, kSide, 3};
    const auto bytes =
        tensor::WriteNpy({tensor::DType::kFloat32, shape, std::as_bytes(std::span(elements))});
    EXPECT_TRUE(base::WriteFile(folder_.File("tensors.npy"), bytes));
    return folder_.File("tensors.npy");
  }

  Ran Quantize(const std::string& calibration) const {
    return RunProgram({"quantize", model_, "-o", written_, "--to", "int8", "--normalize", "tf",
                       "--calibration", calibration, "--json"});
  }

  void ExpectRefused(const std::string& calibration, const std::string& part) const {
    Ran ran = Quantize(calibration);
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find(calibration), std::string::npos) << ran.err;
    EXPECT_FALSE(std::filesystem::exists(written_));
  }

  // The file is written all the same, and that is the one warning.
  void ExpectWarning(const std::string& calibration, const std::string& part) const {
    Ran ran = Quantize(calibration);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const json warnings = json::parse(ran.out)["warnings"];
    ASSERT_EQ(warnings.size(), 1U) << warnings;
    EXPECT_NE(warnings[0].get<std::string>().find(part), std::string::npos) << warnings;
    EXPECT_NE(ran.err.find("warning: "), std::string::npos) << ran.err;
    EXPECT_TRUE(std::filesystem::exists(written_));
  }

  TemporaryFolder folder_;
  std::string model_ = folder_.File("model.tflite");
  std::string written_ = folder_.File("out.tflite");
};

TEST_F(QuantizeCalibration, PhotographsPassInSilence) {
  for (const std::string& calibration : {Photos("photos", 40), Tensors(true, -1, 1)}) {
    Ran ran = Quantize(calibration);
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(json::parse(ran.out)["warnings"].size(), 0U) << ran.err;
    EXPECT_EQ(json::parse(ran.out)["calibration_samples"], 40);
  }
}

TEST_F(QuantizeCalibration, NothingToCalibrateOn) {
  std::filesystem::create_directories(folder_.File("empty"));
  ExpectRefused(folder_.File("empty"), "no pictures");
  ExpectRefused(folder_.File("missing"), "missing");
}

TEST_F(QuantizeCalibration, UnreadablePicturesAreSkippedCountedAndListed) {
  const std::string photos = Photos("photos", 40);
  const std::string whole = PhotoFile(0);
  folder_.Write("photos/cut.jpg", whole.substr(0, 100));
  folder_.Write("photos/empty.png", "");
  folder_.Write("photos/text.jpg", "no picture at all");
  Ran ran = Quantize(photos);
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["calibration_samples"], 40);
  EXPECT_EQ(report["unreadable_samples"].size(), 3U) << report["unreadable_samples"];
  EXPECT_NE(ran.err.find("3 calibration samples cannot be read"), std::string::npos) << ran.err;
  for (const char* name : {"cut.jpg", "empty.png", "text.jpg"}) {
    EXPECT_NE(ran.err.find(name), std::string::npos) << ran.err;
  }
}

TEST_F(QuantizeCalibration, NoneCanBeRead) {
  std::filesystem::create_directories(folder_.File("broken"));
  folder_.Write("broken/a.jpg", "no picture at all");
  folder_.Write("broken/b.jpg", "nor this one");
  ExpectRefused(folder_.File("broken"), "none of the 2 samples");
}

// np.random.uniform(-1, 1) and np.random.rand, as tutorials have it, and pictures of noise.
TEST_F(QuantizeCalibration, RandomNumbersInsteadOfPictures) {
  ExpectWarning(Tensors(false, -1, 1), "look like noise");
  Ran ran = Quantize(Tensors(false, 0, 1));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("look like noise"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("but the model takes pictures as -1 to 1"), std::string::npos) << ran.err;
  std::filesystem::create_directories(folder_.File("noise"));
  for (uint64_t i = 0; i < 40; ++i) {
    constexpr int kWhole = 28;  // which the crop makes kSide, so that nothing is resized
    folder_.Write(base::Cat("noise/", i, ".jpg"),
                  testing::MakeJpeg(kWhole, kWhole, false, testing::Noise(i)));
  }
  ran = Quantize(folder_.File("noise"));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_NE(ran.err.find("look like noise"), std::string::npos) << ran.err;
}

TEST_F(QuantizeCalibration, WrongValueRange) {
  ExpectWarning(Tensors(true, 0, 255), "but the model takes pictures as -1 to 1");
  ExpectWarning(Tensors(true, 0, 1), "but the model takes pictures as -1 to 1");
}

TEST_F(QuantizeCalibration, TooFewAllTheSameOneClass) {
  ExpectWarning(Photos("few", 31), "31 samples only");
  ExpectWarning(Photos("same", 40, 0), "all 40 calibration samples are the same");
  ExpectWarning(Photos("red", 40, 3), "the same class in the model's eyes");
  Photos("folders/cat", 40);
  ExpectWarning(folder_.File("folders"), "are of one class");
}

}  // namespace
}  // namespace goldcrest::cli
