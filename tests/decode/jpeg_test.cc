#include <gtest/gtest.h>
#include <stdio.h>
// jpeglib.h needs stdio.h before it.
#include <jpeglib.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "decode/decode.h"
#include "decode/exif.h"
#include "support/random.h"
#include "support/shared.h"
#include "support/temporary.h"

namespace goldcrest::decode {
namespace {

// A small JPEG of seeded noise.
std::string MakeJpeg(int width, int height, bool progressive) {
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &out, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  testing::Random random(1);
  std::vector<unsigned char> row(static_cast<size_t>(width) * 3);
  while (info.next_scanline < info.image_height) {
    for (unsigned char& x : row) x = static_cast<unsigned char>(random.Next());
    unsigned char* rows = row.data();
    jpeg_write_scanlines(&info, &rows, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string file(reinterpret_cast<char*>(out), size);
  std::free(out);
  return file;
}

Status DecodeBytes(std::string_view file, image::Picture& picture, const Options& options = {}) {
  return Decode(base::AsBytes(file), options, picture);
}

TEST(Jpeg, EveryTruncationIsAnError) {
  for (bool progressive : {false, true}) {
    std::string file = MakeJpeg(33, 17, progressive);
    image::Picture picture;
    ASSERT_TRUE(DecodeBytes(file, picture));
    EXPECT_EQ(picture.width, 33);
    EXPECT_EQ(picture.height, 17);
    // The last two bytes are the end mark.
    for (size_t size = 0; size + 2 < file.size(); ++size) {
      EXPECT_FALSE(DecodeBytes(std::string_view(file).substr(0, size), picture)) << size;
    }
  }
}

TEST(Jpeg, CorruptedFilesNeverCrash) {
  for (bool progressive : {false, true}) {
    std::string file = MakeJpeg(64, 48, progressive);
    testing::Random random(5);
    for (int i = 0; i < 500; ++i) {
      std::string bad = file;
      for (int64_t n = random.Integer(1, 4); n > 0; --n) {
        bad[static_cast<size_t>(random.Integer(0, static_cast<int64_t>(bad.size()) - 1))] =
            static_cast<char>(random.Integer(0, 255));
      }
      image::Picture picture;
      static_cast<void>(DecodeBytes(bad, picture, {.most_pixels = 1 << 20}));
    }
  }
}

TEST(Jpeg, LimitsComeBeforeMemory) {
  image::Picture picture;
  Status status = DecodeBytes(MakeJpeg(40, 30, false), picture, {.most_pixels = 1199});
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
  EXPECT_NE(DecodeBytes("\x89PNG\r\n", picture).error().message.find("a PNG"), std::string::npos);
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

// The hard pictures of the reference data that are JPEGs, by what EXPECT.tsv says of each.
TEST(Jpeg, HardPictures) {
  REQUIRE_SHARED();
  auto pixels = archive::NpzReader::Open(testing::SharedFile("images/odd/pixels.npz"));
  ASSERT_TRUE(pixels);
  std::ifstream table(testing::SharedFile("images/odd/EXPECT.tsv"));
  std::string line;
  std::getline(table, line);
  int decoded = 0;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string name;
    std::string expect;
    fields >> name >> expect;
    auto file = base::MappedFile::Open(testing::SharedFile("images/odd/" + name));
    ASSERT_TRUE(file) << name;
    bool jpeg = base::AsText((*file)->bytes()).starts_with("\xff\xd8");
    image::Picture picture;
    Status status = Decode((*file)->bytes(), {}, picture);
    if (expect == "refuse") {
      EXPECT_FALSE(status) << name;
      continue;
    }
    if (!jpeg) {
      EXPECT_FALSE(status) << name << " is no JPEG and must be refused by name";
      EXPECT_NE(status.error().message.find("JPEG pictures are supported"), std::string::npos);
      continue;
    }
    ASSERT_TRUE(status) << name << ": " << status.error().ToString();
    auto golden = pixels->Read(name);
    ASSERT_TRUE(golden) << name;
    ASSERT_EQ(golden->shape(), (tensor::Shape{picture.height, picture.width, 3})) << name;
    // Pillow's own copy of libjpeg-turbo may differ by a few levels; CMYK by its conversion.
    std::span<const uint8_t> expected = golden->view().As<uint8_t>();
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(picture.rgb[i], expected[i], 3) << name << " byte " << i;
    }
    ++decoded;
  }
  EXPECT_EQ(decoded, 17);
}

}  // namespace
}  // namespace goldcrest::decode
