// Pictures that are learned from, decoded fast, against the same decoded exactly: as inputs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numbers>

#include "base/file.h"
#include "data/input_reader.h"
#include "support/picture_files.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::data {
namespace {

constexpr double kMostLevels = 2;  // mean difference, of 0 to 255

// Of bytes without normalization, so that differences are levels.
tensor::InputContract Contract(std::string_view resize, int64_t width, int64_t height,
                               std::string_view crop) {
  tensor::InputContract contract;
  contract.width = width;
  contract.height = height;
  contract.resize = *tensor::ParseResizeMode(resize);
  contract.dtype = tensor::DType::kUInt8;
  contract.scale = 1;
  EXPECT_TRUE(tensor::ParseCrop(crop, contract));
  return contract;
}

std::vector<tensor::InputContract> Contracts() {
  return {Contract("tf2-bilinear", 224, 224, "0.875"),
          Contract("tf2-bilinear", 128, 128, "none"),
          Contract("pil-nearest", 64, 64, "none"),
          Contract("tf1-legacy", 96, 96, "tf-central-crop:0.875"),
          Contract("pil-bilinear", 160, 160, "none"),
          Contract("pil-bilinear", 96, 96, "none"),
          Contract("pil-bicubic", 80, 60, "tf-central-crop:0.875"),
          Contract("pil-lanczos", 48, 40, "0.875"),
          Contract("tf2-antialias", 84, 84, "0.875"),
          Contract("tf2-antialias", 24, 32, "none")};
}

std::vector<uint8_t> InputOf(const DataSet& set, int64_t i, const tensor::InputContract& contract,
                             decode::Precision precision) {
  auto reader = InputReader::Create(set, {.contract = contract, .precision = precision});
  EXPECT_TRUE(reader);
  auto out = tensor::Tensor::Create(tensor::DType::kUInt8, {1, contract.height, contract.width, 3});
  const Status read = reader->Read(i, out->mutable_view());
  EXPECT_TRUE(read) << read.error().ToString();
  const auto bytes = out->view().As<uint8_t>();
  return {bytes.begin(), bytes.end()};
}

// Of sample i: mean |fast − exact|.
double Difference(const DataSet& set, int64_t i, const tensor::InputContract& contract) {
  const auto exact = InputOf(set, i, contract, decode::Precision::kExact);
  const auto fast = InputOf(set, i, contract, decode::Precision::kFast);
  double sum = 0;
  for (size_t k = 0; k < exact.size(); ++k) sum += std::abs(exact[k] - fast[k]);
  return sum / static_cast<double>(exact.size());
}

int ReductionOf(const DataSet& set, int64_t i, const tensor::InputContract& contract) {
  auto rows = set.OpenRows(i, contract, 1 << 24, decode::Precision::kFast);
  EXPECT_TRUE(rows);
  return (*rows)->reduction();
}

bool Antialiases(tensor::ResizeMode mode) {
  return mode >= tensor::ResizeMode::kPilBilinear || mode == tensor::ResizeMode::kTf2Antialias;
}

// Photographs of 256 and 160 pixels.
TEST(FastDecoding, PhotographsDifferByLittle) {
  REQUIRE_SHARED();
  for (const char* folder : {"images/imagenet", "images/transfer/validation"}) {
    auto set = Open(testing::SharedFile(folder), {.limit = 40});
    ASSERT_TRUE(set);
    for (const tensor::InputContract& contract : Contracts()) {
      double sum = 0;
      int reduced = 0;
      for (int64_t i = 0; i < (*set)->size(); ++i) {
        sum += Difference(**set, i, contract);
        reduced += ReductionOf(**set, i, contract) > 1 ? 1 : 0;
      }
      const double mean = sum / static_cast<double>((*set)->size());
      EXPECT_LE(mean, kMostLevels) << folder << " " << Describe(contract);
      EXPECT_GT(mean, 0) << folder << " " << Describe(contract);
      if (!Antialiases(contract.resize)) {
        EXPECT_EQ(reduced, 0) << Describe(contract);
      }
      if (Antialiases(contract.resize) && contract.width < 50) {
        EXPECT_EQ(reduced, (*set)->size()) << Describe(contract);
      }
    }
  }
}

// Grey, of four inks, progressive, turned by EXIF, of odd sizes, with other subsampling. Of a few
// pixels of strong colours, those of the block beside them make more of a difference.
TEST(FastDecoding, OddPicturesDifferByLittle) {
  REQUIRE_SHARED();
  constexpr double kMostLevelsOfAFewPixels = 4;
  double sum = 0;
  int compared = 0;
  for (const char* name :
       {"gray.jpg", "cmyk.jpg", "progressive.jpg", "restart.jpg", "s420_33x17.jpg",
        "s422_33x17.jpg", "s444_33x17.jpg", "wide_4000x10.jpg", "one_pixel.jpg", "exif_1.jpg",
        "exif_2.jpg", "exif_3.jpg", "exif_4.jpg", "exif_5.jpg", "exif_6.jpg", "exif_7.jpg",
        "exif_8.jpg", "png_named.jpg"}) {
    auto set = Open(testing::SharedFile(std::string("images/odd/") + name));
    ASSERT_TRUE(set) << name;
    for (const auto& [width, height] : {std::pair(24, 20), std::pair(12, 9), std::pair(5, 7)}) {
      for (std::string_view resize : tensor::ResizeModeNames()) {
        for (std::string_view crop : {"none", "0.875"}) {
          const tensor::InputContract contract = Contract(resize, width, height, crop);
          const double levels = Difference(**set, 0, contract);
          EXPECT_LE(levels, kMostLevelsOfAFewPixels) << name << " " << Describe(contract);
          sum += levels;
          ++compared;
        }
      }
    }
  }
  EXPECT_LE(sum / compared, kMostLevels);
}

// Waves, finer from left to right and downwards: half a pixel of shift makes a level.
void Waves(int y, std::span<uint8_t> row) {
  for (size_t i = 0; i < row.size(); ++i) {
    const auto x = static_cast<double>(i / 3);
    const double phase = static_cast<double>(i % 3) + x * (0.03 + x * 3e-5) + y * (0.04 + y * 3e-5);
    row[i] = static_cast<uint8_t>(std::lround(128 + 100 * std::sin(phase)));
  }
}

// With an EXIF segment of that orientation behind the first mark.
std::string Turned(const std::string& jpeg, char orientation) {
  std::string exif(
      "\xff\xe1\x00\x22"
      "Exif\0\0"
      "MM\0\x2a\0\0\0\x08\0\x01"
      "\x01\x12\0\x03\0\0\0\x01\0",
      29);
  exif += orientation;
  exif += std::string("\0\0\0\0\0\0", 6);
  return jpeg.substr(0, 2) + exif + jpeg.substr(2);
}

TEST(FastDecoding, CropsAndTurnsKeepTheirPlace) {
  const testing::TemporaryFolder folder;
  for (bool progressive : {false, true}) {
    const std::string jpeg = testing::MakeJpeg(421, 333, progressive, Waves);
    for (char orientation = 1; orientation <= 8; ++orientation) {
      auto set = Open(folder.Write("turned.jpg", Turned(jpeg, orientation)));
      ASSERT_TRUE(set);
      auto rows = (*set)->OpenRows(0, {}, 1 << 20, decode::Precision::kExact);
      ASSERT_TRUE(rows);
      ASSERT_EQ((*rows)->orientation(), orientation);
      for (std::string_view resize : {"pil-bilinear", "pil-lanczos", "tf2-antialias"}) {
        for (std::string_view crop : {"none", "0.7", "tf-central-crop:0.83"}) {
          for (const auto& [side, reduction] : {std::pair(80, 2), std::pair(42, 4)}) {
            const tensor::InputContract contract = Contract(resize, side, side, crop);
            EXPECT_EQ(ReductionOf(**set, 0, contract), reduction) << Describe(contract);
            EXPECT_LE(Difference(**set, 0, contract), 1)
                << int{orientation} << " " << progressive << " " << Describe(contract);
          }
        }
      }
    }
  }
}

TEST(FastDecoding, DamageIsAnErrorToo) {
  const testing::TemporaryFolder folder;
  const std::string jpeg = testing::MakeJpeg(200, 160, false, Waves);
  const tensor::InputContract contract = Contract("pil-bilinear", 20, 20, "0.5");
  auto out = tensor::Tensor::Create(tensor::DType::kUInt8, {1, 20, 20, 3});
  for (size_t size : {size_t{300}, jpeg.size() / 2, jpeg.size() - 40}) {
    auto set = Open(folder.Write("cut.jpg", jpeg.substr(0, size)));
    ASSERT_TRUE(set);
    auto reader =
        InputReader::Create(**set, {.contract = contract, .precision = decode::Precision::kFast});
    const Status read = reader->Read(0, out->mutable_view());
    ASSERT_FALSE(read) << size;
    EXPECT_NE(read.error().ToString().find("cut.jpg › the JPEG is damaged"), std::string::npos);
  }
}

}  // namespace
}  // namespace goldcrest::data
