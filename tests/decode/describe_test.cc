#include "decode/describe.h"

#include <gtest/gtest.h>
#include <png.h>

#include "base/file.h"
#include "support/picture_files.h"

namespace goldcrest::decode {
namespace {

Description DescribeText(std::string_view file) { return Describe(base::AsBytes(file)); }

// What Pillow makes of more kinds is held by interop/data_check_test.py.
TEST(Describe, SaysWhatTheHeaderSays) {
  EXPECT_EQ(DescribeText(testing::MakeJpeg(9, 7, false)).format, Format::kJpeg);
  EXPECT_EQ(DescribeText(testing::MakeJpeg(9, 7, true)).colors, Colors::kRgb);
  EXPECT_EQ(DescribeText(testing::MakeBmp(9, 7)).format, Format::kBmp);
  EXPECT_EQ(DescribeText("GIF89a").format, Format::kUnknown);
  EXPECT_EQ(DescribeText("").format, Format::kUnknown);
  const Description gray =
      DescribeText(testing::MakePng(9, 7, PNG_COLOR_TYPE_GRAY_ALPHA, 8, false));
  EXPECT_EQ(gray.format, Format::kPng);
  EXPECT_EQ(gray.colors, Colors::kGray);
  EXPECT_TRUE(gray.alpha);
  // A header of 108 bytes, 32 bits, with a mask for alpha.
  std::string bmp = testing::MakeBmp(9, 7);
  bmp.resize(200);
  bmp[14] = 108;
  bmp[28] = 32;
  bmp.replace(66, 4, std::string(4, '\0'));
  EXPECT_FALSE(DescribeText(bmp).alpha);
  bmp[69] = '\xff';
  EXPECT_TRUE(DescribeText(bmp).alpha);
}

TEST(Describe, BeginningsAreDescribedAsFarAsTheyGo) {
  for (const auto& files : {testing::SmallJpegs(), testing::SmallPngs(), testing::SmallBmps()}) {
    for (const std::string& file : files) {
      const Format format = DescribeText(file).format;
      for (size_t size = 10; size < file.size(); ++size) {
        // In memory of its own, so that a byte too far is seen.
        EXPECT_EQ(DescribeText(std::string(file.data(), size)).format, format);
      }
    }
  }
}

TEST(Describe, NamesEndWithTheFormat) {
  EXPECT_EQ(FormatOfName("a/b.JPG"), Format::kJpeg);
  EXPECT_EQ(FormatOfName("b.jpeg"), Format::kJpeg);
  EXPECT_EQ(FormatOfName("x.png"), Format::kPng);
  EXPECT_EQ(FormatOfName("x.bmp"), Format::kBmp);
  for (const char* name : {"", "png", "a.png/b", "a.gif", "a."}) {
    EXPECT_EQ(FormatOfName(name), Format::kUnknown) << name;
  }
}

}  // namespace
}  // namespace goldcrest::decode
