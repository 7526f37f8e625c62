#include "tensor/input_contract.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace goldcrest::tensor {
namespace {

InputContract Example() {
  InputContract contract;
  contract.width = 160;
  contract.height = 128;
  contract.color = ColorOrder::kBgr;
  contract.dct = DctMode::kFast;
  contract.exif_orientation = false;
  contract.crop = CropKind::kNone;
  contract.normalization = {NormalizationKind::kMeanStd, {1.5, 2, 3}, {4, 5, 0.1}};
  contract.dtype = DType::kInt8;
  contract.scale = 1.0 / 128;
  contract.zero_point = -1;
  return contract;
}

TEST(InputContract, JsonHoldsAllOfIt) {
  for (const InputContract& contract : {Example(), [] {
                                          InputContract plain;
                                          plain.width = plain.height = 224;
                                          plain.normalization.kind = NormalizationKind::kTf;
                                          return plain;
                                        }()}) {
    auto back = InputContractFromJson(ToJson(contract));
    ASSERT_TRUE(back) << back.error().ToString();
    // Where there is no crop its fraction says nothing.
    if (contract.crop == CropKind::kNone) back->crop_fraction = contract.crop_fraction;
    EXPECT_EQ(*back, contract);
    EXPECT_EQ(ToJson(*back), ToJson(contract));
  }
}

TEST(InputContract, MalformedJsonIsAnErrorThatNamesTheField) {
  std::string json = ToJson(Example());
  auto error_with = [&](std::string_view from, std::string_view to) {
    std::string changed = json;
    changed.replace(changed.find(from), from.size(), to);
    auto read = InputContractFromJson(changed);
    return read ? std::string("read") : read.error().message;
  };
  EXPECT_EQ(error_with("160", "161"), "read");
  EXPECT_NE(error_with("\"width\":160", "\"width\":\"160\"").find("'width'"), std::string::npos);
  EXPECT_NE(error_with("\"version\":1", "\"version\":2").find("version 2"), std::string::npos);
  EXPECT_NE(error_with("bgr", "cmyk").find("'cmyk' is none of rgb, bgr, gray"), std::string::npos);
  EXPECT_NE(error_with("\"fast\"", "\"slow\"").find("'slow' is none of accurate, fast"),
            std::string::npos);
  EXPECT_NE(error_with("tf2-bilinear", "magic").find("'magic' is none of tf2-bilinear, "),
            std::string::npos);
  EXPECT_NE(error_with("\"crop\":\"none\"", "\"crop\":\"half\"").find("'half' is none of none, "),
            std::string::npos);
  EXPECT_NE(error_with("160", "0").find("size"), std::string::npos);
  EXPECT_NE(error_with("160", "99999999").find("size"), std::string::npos);
  for (const char* other : {"[1]", "5", "null", "\"text\"", "[{\"version\":1}]", "{} {}"}) {
    auto read = InputContractFromJson(other);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("no JSON object"), std::string::npos) << other;
  }
  // What is not known is left alone, nested or not; a member of a member is not one of the
  // object's.
  EXPECT_EQ(error_with("{", R"({"more":{"width":"x","deep":[1,{"height":[]}]},"list":[2],)"),
            "read");
  EXPECT_NE(error_with("\"width\":160", R"("a":{"width":160})").find("'width'"), std::string::npos);
  EXPECT_NE(error_with("\"width\":160", "\"width\":18446744073709551615").find("'width'"),
            std::string::npos);
  EXPECT_NE(error_with("\"width\":160", "\"width\":{}").find("'width'"), std::string::npos);
  for (size_t size = 0; size < json.size(); ++size) {
    EXPECT_FALSE(InputContractFromJson(json.substr(0, size))) << size;
  }
}

TEST(InputContract, NormalizationIsReadAsItIsWritten) {
  for (std::string text :
       {"tf", "torch", "caffe", "unit", "none", "127.5,127.5", "1.5,2,3,4,5,0.1"}) {
    auto normalization = ParseNormalization(text);
    ASSERT_TRUE(normalization) << text;
    EXPECT_EQ(ToString(*normalization), text);
  }
  for (std::string_view text : {"", "keras", "1", "1,2,3", "1,x", "0,0", "1,2,", "inf,1"}) {
    EXPECT_FALSE(ParseNormalization(text)) << text;
  }
}

TEST(InputContract, CropsAreReadAsTheyAreWritten) {
  InputContract contract;
  EXPECT_TRUE(ParseCrop("none", contract));
  EXPECT_EQ(contract.crop, CropKind::kNone);
  EXPECT_TRUE(ParseCrop("0.5", contract));
  EXPECT_EQ(contract.crop, CropKind::kCentralSquare);
  EXPECT_EQ(contract.crop_fraction, 0.5);
  EXPECT_TRUE(ParseCrop("tf-central-crop:0.25", contract));
  EXPECT_EQ(contract.crop, CropKind::kTfCentralCrop);
  EXPECT_EQ(contract.crop_fraction, 0.25);
  for (std::string text : {"none", "0.5", "1", "tf-central-crop:0.875"}) {
    EXPECT_TRUE(ParseCrop(text, contract)) << text;
    EXPECT_EQ(ToString(contract.crop, contract.crop_fraction), text);
  }
  for (std::string_view text : {"0", "1.1", "-1", "half", "nan", "", "tf-central-crop",
                                "tf-central-crop:", "tf-central-crop:0", "tf-central-crop:1.5"}) {
    Status status = ParseCrop(text, contract);
    ASSERT_FALSE(status) << text;
    EXPECT_NE(status.error().message.find("none of none, SHARE and tf-central-crop:SHARE"),
              std::string::npos);
  }
}

TEST(InputContract, ResizeModesAreReadAsTheyAreWritten) {
  for (std::string text : {"tf2-bilinear", "tf2-antialias", "tf1-legacy", "pil-nearest",
                           "pil-bilinear", "pil-bicubic", "pil-lanczos"}) {
    auto mode = ParseResizeMode(text);
    ASSERT_TRUE(mode) << text;
    EXPECT_EQ(NameOf(*mode), text);
    EXPECT_TRUE(std::ranges::find(ResizeModeNames(), text) != ResizeModeNames().end());
  }
  EXPECT_EQ(ParseResizeMode("pil_bicubik").error().message,
            "the resize mode 'pil_bicubik' is none of tf2-bilinear, tf2-antialias, tf1-legacy, "
            "pil-nearest, pil-bilinear, pil-bicubic, pil-lanczos; did you mean pil-bicubic?");
}

TEST(InputContract, TheDescriptionNamesCropAndResize) {
  InputContract contract;
  contract.width = 160;
  contract.height = 128;
  EXPECT_EQ(Describe(contract), "160 x 128 rgb, central crop 0.875, tf2-bilinear, x, float32");
  contract.crop = CropKind::kTfCentralCrop;
  contract.resize = ResizeMode::kPilLanczos;
  EXPECT_EQ(Describe(contract),
            "160 x 128 rgb, tf.image.central_crop 0.875, pil-lanczos, x, float32");
}

}  // namespace
}  // namespace goldcrest::tensor
