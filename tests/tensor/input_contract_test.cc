#include "tensor/input_contract.h"

#include <gtest/gtest.h>

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
  EXPECT_NE(error_with("bgr", "cmyk").find("cmyk"), std::string::npos);
  EXPECT_NE(error_with("tf2-bilinear", "magic").find("magic"), std::string::npos);
  EXPECT_NE(error_with("160", "0").find("size"), std::string::npos);
  EXPECT_NE(error_with("160", "99999999").find("size"), std::string::npos);
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

TEST(InputContract, CropIsNoneOrAShare) {
  InputContract contract;
  EXPECT_TRUE(ParseCrop("none", contract));
  EXPECT_EQ(contract.crop, CropKind::kNone);
  EXPECT_TRUE(ParseCrop("0.5", contract));
  EXPECT_EQ(contract.crop, CropKind::kCentralSquare);
  EXPECT_EQ(contract.crop_fraction, 0.5);
  for (std::string_view text : {"0", "1.1", "-1", "half", "nan"}) {
    EXPECT_FALSE(ParseCrop(text, contract)) << text;
  }
}

}  // namespace
}  // namespace goldcrest::tensor
