// Pictures that come row by row, against the same pictures as a whole.
#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/file.h"
#include "decode/decode.h"
#include "image/preprocess.h"
#include "support/picture_files.h"
#include "support/shared.h"

namespace goldcrest::decode {
namespace {

using testing::MakeBmp;
using testing::MakeJpeg;
using testing::MakePng;
using testing::MakePngHeader;

constexpr int64_t kWidth = 24;
constexpr int64_t kHeight = 20;

std::vector<tensor::InputContract> Contracts() {
  std::vector<tensor::InputContract> contracts;
  for (std::string_view mode : tensor::ResizeModeNames()) {
    for (std::string_view crop : {"none", "0.875", "tf-central-crop:0.7"}) {
      tensor::InputContract contract;
      contract.width = kWidth;
      contract.height = kHeight;
      contract.resize = *tensor::ParseResizeMode(mode);
      EXPECT_TRUE(tensor::ParseCrop(crop, contract));
      contracts.push_back(contract);
    }
  }
  return contracts;
}

// The hard pictures, as rows and as wholes: the same tensor to the bit, whatever the contract.
TEST(DecodedRows, GiveTheTensorsOfTheWholePictures) {
  REQUIRE_SHARED();
  std::ifstream table(testing::SharedFile("images/odd/EXPECT.tsv"));
  std::string line;
  std::getline(table, line);
  int compared = 0;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string name;
    std::string expect;
    fields >> name >> expect;
    if (expect != "decode") continue;
    auto file = base::MappedFile::Open(testing::SharedFile("images/odd/" + name));
    ASSERT_TRUE(file) << name;
    image::Picture picture;
    ASSERT_TRUE(Decode((*file)->bytes(), {}, picture)) << name;
    auto by_rows = tensor::Tensor::Create(tensor::DType::kFloat32, {1, kHeight, kWidth, 3});
    auto whole = tensor::Tensor::Create(tensor::DType::kFloat32, {1, kHeight, kWidth, 3});
    for (const tensor::InputContract& contract : Contracts()) {
      auto preprocessor = image::Preprocessor::Create(contract);
      auto rows = OpenRows((*file)->bytes(), {});
      ASSERT_TRUE(rows) << name;
      ASSERT_TRUE(preprocessor->Run(**rows, by_rows->mutable_view())) << name;
      ASSERT_TRUE(preprocessor->Run(picture, whole->mutable_view())) << name;
      ASSERT_TRUE(std::ranges::equal(by_rows->view().bytes, whole->view().bytes))
          << name << " " << Describe(contract);
    }
    ++compared;
  }
  EXPECT_EQ(compared, 31);
}

// How many rows come before an error.
int64_t CountRows(std::string_view file) {
  auto rows = OpenRows(base::AsBytes(file), {});
  if (!rows) return 0;
  int64_t count = 0;
  while (count < (*rows)->height() && (*rows)->NextRow()) ++count;
  return count;
}

TEST(DecodedRows, TheLastRowComesOnlyWithASoundRest) {
  for (const std::string& file : {MakeJpeg(33, 17, false), MakeJpeg(33, 17, true),
                                  MakePng(9, 17, PNG_COLOR_TYPE_RGB, 8, false),
                                  MakePng(9, 17, PNG_COLOR_TYPE_RGB, 8, true)}) {
    EXPECT_EQ(CountRows(file), 17);
    // A JPEG's last two bytes are the end mark, which libjpeg does not ask for.
    for (size_t size = 0; size + 2 < file.size(); ++size) {
      ASSERT_LT(CountRows(std::string_view(file).substr(0, size)), 17) << size;
    }
  }
}

// What a source says it is done with is overwritten at once: nothing may come out differently.
TEST(DecodedRows, WhatIsDoneWithIsNotReadAgain) {
  for (const std::string& file :
       {MakeJpeg(2000, 2000, false), MakeJpeg(2000, 1500, true),
        MakePng(1200, 1000, PNG_COLOR_TYPE_RGB, 8, false),
        MakePng(1200, 1000, PNG_COLOR_TYPE_RGB, 8, true), MakeBmp(1200, 1000)}) {
    image::Picture expected;
    ASSERT_TRUE(Decode(base::AsBytes(file), {}, expected));
    std::string perishable = file;
    size_t told = 0;
    const Options options{.done_with = [&](std::span<const std::byte> part) {
      const auto begin = part.data() - base::AsBytes(perishable).data();
      std::ranges::fill(std::span(perishable).subspan(static_cast<size_t>(begin), part.size()),
                        'x');
      told += part.size();
    }};
    image::Picture picture;
    ASSERT_TRUE(Decode(base::AsBytes(perishable), options, picture));
    EXPECT_EQ(picture.rgb, expected.rgb);
    EXPECT_LE(told, file.size());
    EXPECT_GT(told + 2 * kDoneWithBytes, file.size());
    EXPECT_GT(told, 0U);
  }
}

// libjpeg would take the memory of all coefficients before it reads the first one.
TEST(DecodedRows, AProgressiveHeaderDoesNotBuyMoreMemoryThanItsFileCanFill) {
  std::string file = MakeJpeg(64, 48, true);
  const size_t size = file.find("\xff\xc2") + 5;
  file.replace(size, 4, "\x1f\x40\x1f\x40", 4);  // 8000 x 8000
  auto rows = OpenRows(base::AsBytes(file), {});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().message,
            "the JPEG is damaged or cut short: its file is too small for a picture of its size");
  // A picture with nothing in it is the smallest that a file can be.
  auto grey = [](int, std::span<uint8_t> row) { std::ranges::fill(row, uint8_t{128}); };
  EXPECT_EQ(CountRows(MakeJpeg(4000, 4000, true, grey)), 4000);
}

TEST(DecodedRows, APngHeaderDoesNotBuyMoreMemoryThanItsFileCanFill) {
  const std::string file = MakePngHeader(8000, 8000, PNG_COLOR_TYPE_RGB, 8, true);
  auto rows = OpenRows(base::AsBytes(file), {});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().message, "the PNG is damaged or cut short: the file is cut short");
}

TEST(DecodedRows, EndlessSidesAreRefused) {
  auto rows = OpenRows(base::AsBytes(MakePng(2000000, 1, PNG_COLOR_TYPE_GRAY, 1, false)), {});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kLimit);
  EXPECT_EQ(rows.error().message,
            "the picture is 2000000 x 1 pixels; the longest side that is read is 1048576");
}

}  // namespace
}  // namespace goldcrest::decode
