#include "decode/decode.h"

#include <gtest/gtest.h>
#include <png.h>

#include <fstream>
#include <sstream>

#include "archive/npz.h"
#include "base/file.h"
#include "decode/exif.h"
#include "support/picture_files.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::decode {
namespace {

using testing::MakeBmp;
using testing::MakeJpeg;
using testing::MakePng;

Status DecodeBytes(std::string_view file, image::Picture& picture, const Options& options = {}) {
  return Decode(base::AsBytes(file), options, picture);
}

// Each scan costs a walk over the picture, and hardly a byte of the file. A whole band that is sent
// again is a legal progression, so only their number can tell.
TEST(Jpeg, ManyScansAreRefused) {
  std::string file = testing::MakeJpeg(64, 48, true);
  size_t last = file.rfind("\xff\xda");
  std::string scan = file.substr(last, file.size() - 2 - last);
  auto repeated = [&](int times) {
    std::string many = file.substr(0, file.size() - 2);
    for (int i = 0; i < times; ++i) many += scan;
    return many + "\xff\xd9";
  };
  image::Picture picture;
  EXPECT_TRUE(DecodeBytes(repeated(90), picture));
  Status status = DecodeBytes(repeated(200), picture);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("more than 100 scans"), std::string::npos)
      << status.error().message;
}

TEST(Jpeg, LimitsComeBeforeMemory) {
  image::Picture picture;
  Status status = DecodeBytes(testing::MakeJpeg(40, 30, false), picture, {.most_pixels = 1199});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kLimit);
  EXPECT_EQ(status.error().message,
            "the picture is 40 x 30 pixels; the limit is 1199 (--max-pixels)");
  EXPECT_TRUE(picture.rgb.empty());
}

TEST(Jpeg, OtherContentIsNamed) {
  image::Picture picture;
  EXPECT_EQ(DecodeBytes("", picture).error().message, "the file is empty");
  EXPECT_NE(DecodeBytes("hello", picture).error().message.find("no picture that is known"),
            std::string::npos);
  EXPECT_NE(DecodeBytes("GIF89a", picture).error().message.find("a GIF"), std::string::npos);
}

TEST(Exif, DamagedSegmentsAreUpright) {
  std::string good("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 32);
  EXPECT_EQ(ExifOrientation(base::AsBytes(good)), 6);
  for (size_t size = 0; size < 26; ++size) {
    EXPECT_EQ(ExifOrientation(base::AsBytes(std::string_view(good).substr(0, size))), 1) << size;
  }
  good[25] = 9;
  EXPECT_EQ(ExifOrientation(base::AsBytes(good)), 1);
}

TEST(PngAndBmp, LimitsComeBeforeMemory) {
  std::vector<std::string> files = testing::SmallPngs();
  files.push_back(testing::MakeBmp(9, 7));
  for (const std::string& file : files) {
    image::Picture picture;
    Status status = DecodeBytes(file, picture, {.most_pixels = 62});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kLimit);
    EXPECT_TRUE(picture.rgb.empty());
  }
}

TEST(Bmp, RowsAreBottomUpAndBlueComesFirst) {
  image::Picture picture;
  ASSERT_TRUE(DecodeBytes(testing::MakeBmp(2, 2), picture));
  // Rows of six bytes, padded to eight; the second stored row is the upper one.
  EXPECT_EQ(picture.rgb, (std::vector<uint8_t>{10, 9, 8, 13, 12, 11, 2, 1, 0, 5, 4, 3}));
}

// The hard pictures of the reference data, by what EXPECT.tsv says of each.
TEST(Decode, HardPictures) {
  REQUIRE_SHARED();
  auto pixels = archive::NpzReader::Open(testing::SharedFile("images/odd/pixels.npz"));
  ASSERT_TRUE(pixels);
  std::ifstream table(testing::SharedFile("images/odd/EXPECT.tsv"));
  std::string line;
  std::getline(table, line);
  int decoded = 0;
  int refused = 0;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string name;
    std::string expect;
    int64_t width = 0;
    int64_t height = 0;
    fields >> name >> expect >> width >> height;
    auto file = base::MappedFile::Open(testing::SharedFile("images/odd/" + name));
    ASSERT_TRUE(file) << name;
    image::Picture picture;
    Status status = Decode((*file)->bytes(), {}, picture);
    if (expect == "refuse") {
      EXPECT_FALSE(status) << name;
      ++refused;
      continue;
    }
    ASSERT_TRUE(status) << name << ": " << status.error().ToString();
    EXPECT_EQ(picture.width, width) << name;
    EXPECT_EQ(picture.height, height) << name;
    auto golden = pixels->Read(name);
    ASSERT_TRUE(golden) << name;
    std::span<const uint8_t> expected = golden->view().As<uint8_t>();
    ASSERT_EQ(picture.rgb.size(), expected.size()) << name;
    // Pillow's own copy of libjpeg-turbo may differ by a few levels; PNG and BMP are exact.
    bool jpeg = base::AsText((*file)->bytes()).starts_with("\xff\xd8");
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(picture.rgb[i], expected[i], jpeg ? 3 : 0) << name << " byte " << i;
    }
    ++decoded;
  }
  EXPECT_EQ(decoded, 31);
  EXPECT_EQ(refused, 10);
}

}  // namespace
}  // namespace goldcrest::decode
