#include "base/strings.h"

#include <gtest/gtest.h>

namespace goldcrest::base {
namespace {

TEST(Strings, CatJoinsTextAndNumbers) {
  EXPECT_EQ(Cat("axis ", 3, " of ", std::string("x"), ' ', 0.5, " ", 1.1F, uint8_t{7}),
            "axis 3 of x 0.5 1.17");
}

TEST(Strings, BytesUsesTheLargestUnitBelow) {
  EXPECT_EQ(Bytes(0), "0 bytes");
  EXPECT_EQ(Bytes(1023), "1023 bytes");
  EXPECT_EQ(Bytes(1536), "1.5 KB");
  EXPECT_EQ(Bytes(uint64_t{5} << 40), "5.0 TB");
}

TEST(Strings, ParseTakesWholeNumbersOnly) {
  int64_t i = 0;
  double d = 0;
  EXPECT_TRUE(ParseInt("-12", i));
  EXPECT_EQ(i, -12);
  EXPECT_FALSE(ParseInt("12x", i));
  EXPECT_FALSE(ParseInt("", i));
  EXPECT_FALSE(ParseInt("99999999999999999999", i));
  EXPECT_TRUE(ParseFloat("127.5", d));
  EXPECT_EQ(d, 127.5);
  EXPECT_FALSE(ParseFloat("1,5", d));
}

TEST(Strings, Utf8IsCheckedToTheLetter) {
  EXPECT_TRUE(IsUtf8("Grüße, 雀 🐦"));
  EXPECT_FALSE(IsUtf8("\xff\xd8\xff"));
  EXPECT_FALSE(IsUtf8("\xc3"));              // cut short
  EXPECT_FALSE(IsUtf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));      // a surrogate
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
}

TEST(Strings, NearestFindsTyposAndNothingElse) {
  std::vector<std::string> flags = {"--labels", "--top", "--normalize"};
  EXPECT_EQ(Nearest("--lables", flags), "--labels");
  EXPECT_EQ(Nearest("--normalise", flags), "--normalize");
  EXPECT_EQ(Nearest("--quantize-everything", flags), "");
}

}  // namespace
}  // namespace goldcrest::base
