#include "evaluate/match_classes.h"

#include <gtest/gtest.h>

namespace goldcrest::evaluate {
namespace {

using Strings = std::vector<std::string>;
using Indices = std::vector<int64_t>;

Indices MustMatch(const Strings& names, const Strings& labels, int64_t classes) {
  auto match = MatchClasses(names, labels, classes);
  EXPECT_TRUE(match) << match.error().ToString();
  return match ? *match : Indices();
}

TEST(MatchClasses, ByNameIndexAndNumber) {
  const Strings labels = {"tench, Tinca tinca", "great white shark, white shark", "crane", "crane",
                          "5"};
  EXPECT_EQ(MustMatch({"Tench", "tinca_tinca", "great-white  shark", "White_Shark", "0", "3",
                       "001.tench", "5"},
                      labels, 5),
            (Indices{0, 0, 1, 1, 0, 3, 0, 4}));
  EXPECT_EQ(MustMatch({"0", "9"}, {}, 10), (Indices{0, 9}));
}

TEST(MatchClasses, BySynset) {
  Strings labels(1000, "x");
  labels[0] = "tench, Tinca tinca";
  EXPECT_EQ(MustMatch({"n01440764", "000_n01440764", "N15075141"}, labels, 1000),
            (Indices{0, 0, 999}));
  EXPECT_EQ(MustMatch({"n01440764"}, {}, 1000), (Indices{0}));
  labels.insert(labels.begin(), "background");
  EXPECT_EQ(MustMatch({"n01440764"}, labels, 1001), (Indices{1}));
  // Labels that name synsets need not be ImageNet's.
  EXPECT_EQ(MustMatch({"n00000007"}, {"n00000003 three", "n00000007 seven"}, 2), (Indices{1}));
  // A model of 1000 other classes.
  EXPECT_FALSE(MatchClasses(Strings{"n01440764"}, Strings(1000, "x"), 1000));
  EXPECT_FALSE(MatchClasses(Strings{"n01440764"}, {}, 999));
}

TEST(MatchClasses, NumbersDoNotCountABackground) {
  const Strings labels = {"background", "ant", "bee"};
  EXPECT_EQ(MustMatch({"0", "1"}, labels, 3), (Indices{1, 2}));
  EXPECT_EQ(MustMatch({"1", "2"}, labels, 3), (Indices{1, 2}));
  EXPECT_FALSE(MatchClasses(Strings{"3"}, labels, 3));
}

TEST(MatchClasses, ListsWhatDoesNotMatch) {
  const Strings labels = {"ant", "bee", "crane", "crane"};
  auto match = MatchClasses(Strings{"ant", "bees", "crane", "4"}, labels, 4);
  ASSERT_FALSE(match);
  EXPECT_EQ(
      match.error().ToString(),
      "3 of the 4 classes of the data are no class of the model: 'bees' (nearest: 'bee'), "
      "'crane' (several labels are called so), '4'; a class is called by its label, its index (0 "
      "to 3) or its synset");
  Strings many(25, "zzzzzz");
  match = MatchClasses(many, {}, 4);
  ASSERT_FALSE(match);
  EXPECT_NE(match.error().ToString().find("and 15 more"), std::string::npos);
  EXPECT_NE(match.error().ToString().find("--labels"), std::string::npos);
}

}  // namespace
}  // namespace goldcrest::evaluate
