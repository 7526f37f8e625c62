#include "image/resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "support/counting_allocator.h"
#include "support/npz_file.h"
#include "support/random.h"
#include "support/shared.h"

namespace goldcrest::image {
namespace {

using tensor::ResizeMode;

constexpr int64_t kSide = 64;  // of the golden results

tensor::InputContract CropContract(std::string_view crop) {
  tensor::InputContract contract;
  EXPECT_TRUE(tensor::ParseCrop(crop, contract));
  return contract;
}

void Resize(const Picture& stored, int orientation, const Region& region, Resizer& resizer) {
  resizer.Begin({stored.width, stored.height, orientation, region});
  for (int64_t y = 0; y < stored.height; ++y) {
    resizer.AddRow(stored.rgb.data() + y * stored.width * 3);
  }
}

TEST(Crop, CentralSquareIsRoundedDown) {
  tensor::InputContract contract = CropContract("0.875");
  Region region = CropRegion(contract, 385, 256);
  EXPECT_EQ(region.left, 80);
  EXPECT_EQ(region.top, 16);
  EXPECT_EQ(region.width, 224);
  EXPECT_EQ(region.height, 224);
  region = CropRegion(contract, 1, 1);
  EXPECT_EQ(region.width, 1);
  region = CropRegion(CropContract("none"), 385, 256);
  EXPECT_EQ(region.width, 385);
  EXPECT_EQ(region.height, 256);
}

// tf.image.central_crop(…, 0.875) of TensorFlow 2.21 on zeros of these sizes gave these shapes.
TEST(Crop, TfCentralCropKeepsTheProportions) {
  const tensor::InputContract contract = CropContract("tf-central-crop:0.875");
  struct Case {
    int64_t width, height, left, top, cropped_width, cropped_height;
  };
  for (const Case& c : {Case{384, 256, 24, 16, 336, 224}, Case{33, 17, 2, 1, 29, 15},
                        Case{4000, 10, 250, 0, 3500, 10}, Case{1, 1, 0, 0, 1, 1}}) {
    const Region region = CropRegion(contract, c.width, c.height);
    EXPECT_EQ(region.left, c.left);
    EXPECT_EQ(region.top, c.top);
    EXPECT_EQ(region.width, c.cropped_width);
    EXPECT_EQ(region.height, c.cropped_height);
  }
}

struct GoldenKind {
  const char* name;
  ResizeMode mode;
  const char* crop;
  int pictures;
};

void PrintTo(const GoldenKind& kind, std::ostream* out) { *out << kind.name; }

class GoldenResize : public ::testing::TestWithParam<GoldenKind> {};

// Every picture of the golden file: Pillow's exactly, TensorFlow's floats exactly too.
TEST_P(GoldenResize, EqualsTheFrameworks) {
  REQUIRE_SHARED();
  const testing::NpzFile golden(testing::SharedFile("golden/preprocess.npz"));
  const testing::NpzFile odd(testing::SharedFile("images/odd/pixels.npz"));
  Resizer resizer(GetParam().mode, kSide, kSide);
  int compared = 0;
  for (const std::string& name : golden.names()) {
    const size_t slash = name.find('/');
    if (name.substr(slash + 1) != GetParam().name) continue;
    auto pixels = golden.Read(name.substr(0, slash) + "/decoded");
    if (!pixels) pixels = odd.Read(name.substr(0, slash) + ".jpg");
    auto expected = golden.Read(name);
    ASSERT_TRUE(pixels && expected) << name;
    std::span<const uint8_t> bytes = pixels->view().As<uint8_t>();
    const Picture picture{pixels->shape()[1], pixels->shape()[0], {bytes.begin(), bytes.end()}};
    const Region region = CropRegion(CropContract(GetParam().crop), picture.width, picture.height);
    Resize(picture, 1, region, resizer);
    const std::span<const uint8_t> result = resizer.Bytes();
    ASSERT_EQ(result.size(), static_cast<size_t>(kSide * kSide * 3));
    const bool floats = expected->dtype() == tensor::DType::kFloat32;
    EXPECT_EQ(resizer.floats().empty(), !floats);
    for (size_t i = 0; i < result.size(); ++i) {
      if (floats) {
        const float value = expected->view().As<float>()[i];
        ASSERT_EQ(resizer.floats()[i], value) << name << " " << i;
        ASSERT_EQ(result[i], std::rint(value)) << name << " " << i;
      } else {
        ASSERT_EQ(result[i], expected->view().As<uint8_t>()[i]) << name << " " << i;
      }
    }
    ++compared;
  }
  EXPECT_EQ(compared, GetParam().pictures);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, GoldenResize,
    ::testing::Values(
        GoldenKind{"plain/tf_bilinear", ResizeMode::kTf2Bilinear, "none", 6},
        GoldenKind{"crop/tf_bilinear", ResizeMode::kTf2Bilinear, "0.875", 6},
        GoldenKind{"central_crop/tf_bilinear", ResizeMode::kTf2Bilinear, "tf-central-crop:0.875",
                   3},
        GoldenKind{"plain/tf_bilinear_antialias", ResizeMode::kTf2Antialias, "none", 6},
        GoldenKind{"crop/tf_bilinear_antialias", ResizeMode::kTf2Antialias, "0.875", 6},
        GoldenKind{"plain/load_img_nearest", ResizeMode::kPilNearest, "none", 6},
        GoldenKind{"plain/load_img_bilinear", ResizeMode::kPilBilinear, "none", 6},
        GoldenKind{"plain/load_img_bicubic", ResizeMode::kPilBicubic, "none", 6},
        GoldenKind{"plain/load_img_lanczos", ResizeMode::kPilLanczos, "none", 6}),
    [](const auto& kind) {
      std::string name = kind.param.name;
      std::ranges::replace(name, '/', '_');
      return name;
    });

// What tf.compat.v1.image.resize_bilinear of TensorFlow 2.21 made of these 5 x 3 pixels, grey.
TEST(Resize, Tf1LegacyEqualsTensorFlows) {
  constexpr uint8_t kPixels[] = {0, 31, 124, 23, 240, 7, 88, 231, 180, 191, 28, 159, 96, 95, 156};
  const std::vector<float> down = {0, 93, 95.33331298828125, 17.5F, 150.16665649414062F, 149.5F};
  const std::vector<float> up = {0,
                                 22.142858505249023F,
                                 70.85714721679688F,
                                 109.5714340209961F,
                                 37.428565979003906F,
                                 147.0000457763672F,
                                 240,
                                 5.25F,
                                 54.17857360839844F,
                                 129.67857360839844F,
                                 195.1785888671875F,
                                 149.82142639160156F,
                                 176.46429443359375F,
                                 203.25F,
                                 17.5F,
                                 93.21429443359375F,
                                 140.64285278320312F,
                                 159.7857208251953F,
                                 141.2142791748047F,
                                 158.07144165039062F,
                                 173.5F,
                                 28,
                                 121.5714340209961F,
                                 132,
                                 95.85713958740234F,
                                 95.14286041259766F,
                                 129.85714721679688F,
                                 156};
  Picture picture{5, 3, {}};
  for (uint8_t x : kPixels) picture.rgb.insert(picture.rgb.end(), 3, x);
  struct Case {
    int64_t width, height;
    const std::vector<float>& expected;
  };
  for (const Case& c : {Case{3, 2, down}, Case{7, 4, up}}) {
    Resizer resizer(ResizeMode::kTf1Legacy, c.width, c.height);
    Resize(picture, 1, {0, 0, 5, 3}, resizer);
    ASSERT_EQ(resizer.floats().size(), c.expected.size() * 3);
    for (size_t i = 0; i < resizer.floats().size(); ++i) {
      EXPECT_EQ(resizer.floats()[i], c.expected[i / 3]) << i;
    }
  }
}

// What Pillow 13.0's Image.resize made of these 3 x 9 pixels, grey. At 5 x 2 it blends the rows
// first: columns first, each of the three would differ by one to three levels somewhere.
TEST(Resize, PillowsModesBlendTheRowsOfTallPicturesFirst) {
  constexpr uint8_t kPixels[] = {0,  31,  124, 110, 191, 78, 158, 33,  226, 144, 69,  56, 68, 43,
                                 80, 186, 211, 42,  242, 61, 198, 236, 105, 36,  168, 87, 68};
  Picture picture{3, 9, {}};
  for (uint8_t x : kPixels) picture.rgb.insert(picture.rgb.end(), 3, x);
  struct Case {
    ResizeMode mode;
    int64_t width, height;
    std::vector<uint8_t> expected;
  };
  const std::array cases = {
      Case{ResizeMode::kPilBilinear, 5, 2, {113, 103, 87, 104, 116, 189, 153, 100, 95, 91}},
      Case{ResizeMode::kPilBicubic, 5, 2, {109, 98, 86, 105, 118, 200, 162, 102, 88, 86}},
      Case{ResizeMode::kPilLanczos, 5, 2, {108, 96, 86, 105, 121, 205, 166, 101, 81, 87}},
      Case{ResizeMode::kPilLanczos,
           2,
           7,
           {39, 96, 134, 145, 103, 87, 86, 56, 194, 125, 184, 90, 156, 56}}};
  for (const Case& c : cases) {
    Resizer resizer(c.mode, c.width, c.height);
    Resize(picture, 1, {0, 0, 3, 9}, resizer);
    const std::span<const uint8_t> result = resizer.Bytes();
    ASSERT_EQ(result.size(), c.expected.size() * 3);
    for (size_t i = 0; i < result.size(); ++i) {
      EXPECT_EQ(result[i], c.expected[i / 3]) << NameOf(c.mode) << " " << i;
    }
  }
}

Picture Noise(int64_t width, int64_t height, uint64_t seed) {
  testing::Random random(seed);
  Picture picture{width, height, {}};
  for (int64_t i = 0; i < width * height * 3; ++i) {
    picture.rgb.push_back(static_cast<uint8_t>(random.Next() >> 32));
  }
  return picture;
}

constexpr std::array<ResizeMode, 7> kModes = {ResizeMode::kTf2Bilinear, ResizeMode::kTf2Antialias,
                                              ResizeMode::kTf1Legacy,   ResizeMode::kPilNearest,
                                              ResizeMode::kPilBilinear, ResizeMode::kPilBicubic,
                                              ResizeMode::kPilLanczos};

// Rows of a picture that lies on its side or on its head, against those of the upright one.
TEST(Resize, StoredRowsGiveTheUprightPictureToTheBit) {
  testing::Random random(3);
  for (int round = 0; round < 40; ++round) {
    const Picture stored = Noise(random.Integer(1, 60), random.Integer(1, 60), random.Next());
    const int64_t out_width = random.Integer(1, 40);
    const int64_t out_height = random.Integer(1, 40);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      Picture upright = stored;
      ApplyOrientation(orientation, upright);
      Region region;
      region.width = random.Integer(1, upright.width);
      region.height = random.Integer(1, upright.height);
      region.left = random.Integer(0, upright.width - region.width);
      region.top = random.Integer(0, upright.height - region.height);
      for (ResizeMode mode : kModes) {
        Resizer by_rows(mode, out_width, out_height);
        Resize(stored, orientation, region, by_rows);
        Resizer whole(mode, out_width, out_height);
        Resize(upright, 1, region, whole);
        ASSERT_TRUE(std::ranges::equal(by_rows.floats(), whole.floats()))
            << NameOf(mode) << " " << orientation;
        ASSERT_TRUE(std::ranges::equal(by_rows.Bytes(), whole.Bytes()))
            << NameOf(mode) << " " << orientation;
      }
    }
  }
}

TEST(Resize, ARegionOfTheSizeIsCopied) {
  const Picture picture = Noise(9, 7, 1);
  std::vector<uint8_t> expected;
  for (size_t y = 2; y < 6; ++y) {
    for (size_t x = 3 * 3; x < 8 * 3; ++x) expected.push_back(picture.rgb[y * 27 + x]);
  }
  for (ResizeMode mode : kModes) {
    Resizer resizer(mode, 5, 4);
    Resize(picture, 1, {3, 2, 5, 4}, resizer);
    EXPECT_TRUE(std::ranges::equal(resizer.Bytes(), expected)) << NameOf(mode);
    EXPECT_TRUE(resizer.floats().empty());
  }
}

TEST(Resize, APictureOfAKnownSizeTakesNoMemory) {
  const Picture picture = Noise(50, 30, 1);
  for (ResizeMode mode : kModes) {
    for (int orientation : {1, 3, 6}) {
      const Region region = orientation == 6 ? Region{1, 2, 25, 40} : Region{2, 1, 40, 25};
      Resizer resizer(mode, 16, 12);
      Resize(picture, orientation, region, resizer);
      const std::vector<uint8_t> first(resizer.Bytes().begin(), resizer.Bytes().end());
      const int64_t before = testing::AllocationCount();
      Resize(picture, orientation, region, resizer);
      const std::span<const uint8_t> again = resizer.Bytes();
      EXPECT_EQ(testing::AllocationCount(), before) << NameOf(mode);
      EXPECT_TRUE(std::ranges::equal(first, again)) << NameOf(mode);
    }
  }
}

}  // namespace
}  // namespace goldcrest::image
